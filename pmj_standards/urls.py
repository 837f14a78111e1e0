"""All addresses of the product. Every view of ours declares its access rule (`assessments.checks`)."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from pmj_standards.health import healthz
from pmj_standards.security import security_txt

handler403 = "pmj_standards.http.forbidden"
handler404 = "pmj_standards.http.not_found"

urlpatterns = [
    path("", include("assessments.urls")),
    path("", include("assessments.urls_public")),
    path("standard/", include("indicators.urls")),
    path("accounts/", include("pmj_standards.account_urls")),
    # Also for those who are not signed in: the sign-in page has the switch too.
    path("language", login_not_required(set_language), name="set_language"),
    path("healthz", healthz, name="healthz"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
]
