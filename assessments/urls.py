"""What offices and the central division do, by who uses it."""

from django.urls import URLPattern, path

from assessments.views import national, rounds

urlpatterns: list[URLPattern] = [
    # --- first page and own account ---
    # --- office: answering ---
    # --- office: evidence ---
    # --- the official form ---
    # --- national list, one assessment for the centre ---
    path("offices/", national.national_list, name="national_list"),
    path("offices/<int:pk>/", national.national_assessment, name="national_assessment"),
    path("offices/<int:pk>/return/", national.assessment_return, name="assessment_return"),
    path("offices/<int:pk>/accept/", national.assessment_accept, name="assessment_accept"),
    path("offices/<int:pk>/reopen/", national.assessment_reopen, name="assessment_reopen"),
    path("offices/<int:pk>/extend/", national.assessment_extend, name="assessment_extend"),
    # --- rounds ---
    path("rounds/", rounds.round_list, name="round_list"),
    path("rounds/new/", rounds.round_new, name="round_new"),
    path("rounds/<int:pk>/", rounds.round_detail, name="round_detail"),
    path("rounds/<int:pk>/change/", rounds.round_change, name="round_change"),
    path("rounds/<int:pk>/extensions/", rounds.round_extend, name="round_extend"),
    # --- people and invitations ---
]
