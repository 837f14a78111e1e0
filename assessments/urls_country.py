"""The country at a glance: what the central division publishes, and what the ministry decides by."""

from django.urls import URLPattern, path

from assessments.views import books, country, country_files, memo, province, resources, trends

urlpatterns: list[URLPattern] = [
    path("country/", country.country, name="country"),
    path("country/trends/", trends.country_trends, name="country_trends"),
    path("country/trends.svg", trends.country_trends_chart, name="country_trends_chart"),
    path("country/province/<str:iso>/", province.country_province, name="country_province"),
    path("country/province/<str:iso>/<int:year>/", province.country_province, name="country_province_year"),
    path("country/<int:year>/", country.country, name="country_year"),
    path("country/<int:year>/matrix/", country.country_matrix, name="country_matrix"),
    path("country/<int:year>/resources/", resources.country_resources, name="country_resources"),
    path("country/<int:year>/resources/prices/", resources.country_prices, name="country_prices"),
    path("country/<int:year>/resources/<str:code>/", resources.country_resource, name="country_resource"),
    path("country/<int:year>/resources.xlsx", resources.country_resources_workbook, name="country_resources_workbook"),
    path("country/<int:year>/results.xlsx", country_files.country_workbook, name="country_workbook"),
    path("country/<int:year>/data/", country_files.country_data, name="country_data"),
    path("country/<int:year>/data/<str:name>", country_files.country_data_file, name="country_data_file"),
    path("country/<int:year>/memo/", memo.country_memo, name="country_memo"),
    path("country/<int:year>/memo/<str:content_hash>/", memo.country_memo_made, name="country_memo_made"),
    path("country/<int:year>/memo/<str:content_hash>.<str:kind>", memo.country_memo_file, name="country_memo_file"),
    path("country/<int:year>/book/", books.country_book, name="country_book"),
    path("country/<int:year>/book.<str:kind>", books.country_book_file, name="country_book_file"),
]
