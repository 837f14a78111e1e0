"""The standard, browsable and searchable."""

from django.urls import path

from indicators import views

urlpatterns = [
    path("", views.handbook, name="handbook"),
    path("search/", views.handbook_search, name="handbook_search"),
    path("scoring/", views.handbook_scoring, name="handbook_scoring"),
    path("<int:year>/", views.handbook_edition, name="handbook_edition"),
    path("<int:year>/dimension/<int:number>/", views.handbook_dimension, name="handbook_dimension"),
    path("<int:year>/area/<slug:area_code>/", views.handbook_area, name="handbook_area"),
    path("<int:year>/<str:code>/", views.handbook_indicator, name="handbook_indicator"),
]
