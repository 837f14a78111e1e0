"""What offices and the central division do, by who uses it."""

from django.urls import URLPattern, path

from assessments.views import (
    account,
    answers,
    comments,
    evidence,
    forms,
    national,
    notices,
    office,
    people,
    plan,
    restoring,
    rounds,
    submitting,
    sending,
    starting,
    support,
    team,
    verify,
)

urlpatterns: list[URLPattern] = [
    # --- first page and own account ---
    path("", office.home, name="home"),
    path("me/", account.profile, name="profile"),
    path("me/mails/", notices.mails_wanted, name="mails_wanted"),
    path("notices/", notices.notices, name="notices"),
    path("notices/count/", notices.notice_count, name="notice_count"),
    path("notices/seen/", notices.notices_seen, name="notices_seen"),
    path("me/keep/", account.session_keep, name="session_keep"),
    path("me/sign-out-everywhere/", account.sign_out_everywhere, name="sign_out_everywhere"),
    # --- office: answering ---
    path("assessments/<int:pk>/", office.assessment_detail, name="assessment_detail"),
    path("assessments/<int:pk>/areas/<str:area_code>/", answers.area_detail, name="area_detail"),
    path("assessments/<int:pk>/indicators/<str:code>/", answers.answer_detail, name="answer_detail"),
    path("assessments/<int:pk>/indicators/<str:code>/save/", answers.answer_save, name="answer_save"),
    path("assessments/<int:pk>/indicators/<str:code>/history/", answers.answer_history, name="answer_history"),
    path("assessments/<int:pk>/check/", submitting.assessment_check, name="assessment_check"),
    path("assessments/<int:pk>/submit/", submitting.assessment_submit, name="assessment_submit"),
    path("assessments/<int:pk>/receipt/", submitting.assessment_receipt, name="assessment_receipt"),
    path("assessments/<int:pk>/history/", office.assessment_history, name="assessment_history"),
    path(
        "assessments/<int:pk>/indicators/<str:code>/history/<int:version>/",
        restoring.answer_restore,
        name="answer_restore",
    ),
    # --- office: working together ---
    path("me/work/", team.my_work, name="my_work"),
    path("assessments/<int:pk>/assignments/", team.assignments, name="assignments"),
    path("assessments/<int:pk>/assignments/<str:area_code>/", team.assign_area, name="assign_area"),
    path("assessments/<int:pk>/indicators/<str:code>/presence/", team.presence, name="presence"),
    path("assessments/<int:pk>/comments/", comments.comment_list, name="comment_list"),
    path("assessments/<int:pk>/indicators/<str:code>/comments/", comments.answer_comments, name="answer_comments"),
    path(
        "assessments/<int:pk>/indicators/<str:code>/comments/office/",
        comments.comment_in_office,
        name="comment_in_office",
    ),
    path(
        "assessments/<int:pk>/indicators/<str:code>/comments/centre/",
        comments.comment_to_centre,
        name="comment_to_centre",
    ),
    path("form-token/", answers.fresh_token, name="fresh_token"),
    # --- office: the improvement plan ---
    # --- office: starting the year ---
    path("assessments/<int:pk>/facts/", starting.office_facts, name="office_facts"),
    path("assessments/<int:pk>/indicators/<str:code>/confirm/", starting.warning_confirm, name="warning_confirm"),
    path("assessments/<int:pk>/indicators/<str:code>/carry/", starting.last_year_carry, name="last_year_carry"),
    path("assessments/<int:pk>/plan/", plan.plan, name="plan"),
    path("assessments/<int:pk>/plan/try/", plan.plan_try, name="plan_try"),
    path("assessments/<int:pk>/plan/adopt/", plan.plan_adopt, name="plan_adopt"),
    path("assessments/<int:pk>/plan/store/", plan.plan_store, name="plan_store"),
    path("assessments/<int:pk>/plan/undo/", plan.plan_undo, name="plan_undo"),
    path("assessments/<int:pk>/plan/<str:code>/", plan.plan_step, name="plan_step"),
    path("assessments/<int:pk>/plan/<str:code>/remove/", plan.plan_remove, name="plan_remove"),
    # --- office: evidence ---
    path("assessments/<int:pk>/evidence/", evidence.evidence_library, name="evidence_library"),
    path("assessments/<int:pk>/indicators/<str:code>/evidence/", evidence.evidence_panel, name="evidence_panel"),
    path(
        "assessments/<int:pk>/indicators/<str:code>/evidence/upload/", evidence.evidence_upload, name="evidence_upload"
    ),
    path("assessments/<int:pk>/indicators/<str:code>/evidence/link/", evidence.evidence_link, name="evidence_link"),
    path("assessments/<int:pk>/indicators/<str:code>/evidence/use/", evidence.evidence_use, name="evidence_use"),
    path(
        "assessments/<int:pk>/indicators/<str:code>/evidence/<uuid:key>/take-off/",
        evidence.evidence_unuse,
        name="evidence_unuse",
    ),
    path("evidence/<uuid:key>/", evidence.evidence_preview, name="evidence_preview"),
    path("evidence/<uuid:key>/download/", evidence.evidence_download, name="evidence_download"),
    path("evidence/<uuid:key>/delete/", evidence.evidence_delete, name="evidence_delete"),
    path("evidence/<uuid:key>/restore/", evidence.evidence_restore, name="evidence_restore"),
    # --- the official form ---
    path("assessments/<int:pk>/form/", forms.form_page, name="form_page"),
    path("assessments/<int:pk>/form.pdf", forms.form_pdf, name="form_pdf"),
    path("assessments/<int:pk>/form/progress/", forms.form_progress, name="form_progress"),
    path("assessments/<int:pk>/form.xlsx", forms.form_excel, name="form_excel"),
    path("rounds/<int:pk>/blank-form.pdf", forms.blank_form_pdf, name="blank_form_pdf"),
    path("rounds/<int:pk>/blank-form/progress/", forms.blank_form_progress, name="blank_form_progress"),
    path("rounds/<int:pk>/blank-form.xlsx", forms.blank_form_excel, name="blank_form_excel"),
    # --- national list, one assessment for the centre ---
    path("offices/", national.national_list, name="national_list"),
    path("evidence/<uuid:key>/date/", starting.evidence_date, name="evidence_date"),
    path("offices/<int:pk>/", national.national_assessment, name="national_assessment"),
    path("offices/<int:pk>/return/", national.assessment_return, name="assessment_return"),
    path("offices/<int:pk>/accept/", national.assessment_accept, name="assessment_accept"),
    path("offices/<int:pk>/reopen/", national.assessment_reopen, name="assessment_reopen"),
    path("offices/<int:pk>/indicators/<str:code>/decide/", national.assessment_decide, name="assessment_decide"),
    path("offices/<int:pk>/extend/", national.assessment_extend, name="assessment_extend"),
    # --- rounds ---
    path("rounds/", rounds.round_list, name="round_list"),
    path("rounds/new/", rounds.round_new, name="round_new"),
    path("rounds/<int:pk>/", rounds.round_detail, name="round_detail"),
    path("rounds/<int:pk>/change/", rounds.round_change, name="round_change"),
    path("rounds/<int:pk>/extensions/", rounds.round_extend, name="round_extend"),
    # --- people and invitations ---
    path("people/", people.people_list, name="people_list"),
    path("people/invite/", people.person_invite, name="person_invite"),
    path("people/support-offices/", support.support_offices, name="support_offices"),
    path("people/support-offices/import/", support.support_office_import, name="support_office_import"),
    path("people/support-offices/<str:iso>/", support.support_office_change, name="support_office_change"),
    path("people/<int:pk>/", people.person_detail, name="person_detail"),
    path("people/<int:pk>/invite-again/", people.person_invite_again, name="person_invite_again"),
    path("people/<int:pk>/revoke/", people.person_revoke, name="person_revoke"),
    path("people/<int:pk>/deactivate/", people.person_deactivate, name="person_deactivate"),
    path("people/<int:pk>/reactivate/", people.person_reactivate, name="person_reactivate"),
    path(
        "people/<int:pk>/remove-second-factor/", people.person_remove_second_factor, name="person_remove_second_factor"
    ),
    path("invitations/<str:token>/", people.invitation_accept, name="invitation_accept"),
    # --- whether a printed paper still equals the record ---
    path("verify/<str:token>/", verify.verify, name="verify"),
]
