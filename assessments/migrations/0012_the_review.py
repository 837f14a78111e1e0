"""The review: verdicts, replies and results beside the claimed values, questions, flags, visits, and who reads what."""

import assessments.models.review
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0011_evidence_remembers_its_folder'),
        ('indicators', '0003_published_editions_take_no_moved_rows'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=300)),
                ('file', models.FileField(max_length=80, upload_to=assessments.models.review.attached_path)),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.PositiveBigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='finding')),
                ('advice', models.TextField(blank=True, verbose_name='advice')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('follow_up', models.CharField(blank=True, choices=[('done', 'done'), ('going_on', 'going on'), ('not_done', 'not done')], max_length=8)),
                ('follow_up_text', models.TextField(blank=True)),
                ('follow_up_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Flag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20)),
                ('about', models.JSONField(default=dict)),
                ('weight', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['-weight', 'code'],
            },
        ),
        migrations.CreateModel(
            name='Phrase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('sent_with', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('answered_text', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['asked_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(blank=True, choices=[('agree', 'Agreed'), ('row', 'Another printed row'), ('evidence', 'Needs evidence')], max_length=8)),
                ('band', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('score', models.DecimalField(blank=True, decimal_places=1, max_digits=3, null=True)),
                ('reason', models.TextField(blank=True)),
                ('judged_version', models.PositiveIntegerField(blank=True, null=True)),
                ('judged_at', models.DateTimeField(blank=True, null=True)),
                ('response', models.CharField(blank=True, choices=[('accept', 'Accepted'), ('dispute', 'Disputed')], max_length=7)),
                ('response_text', models.TextField(blank=True)),
                ('response_at', models.DateTimeField(blank=True, null=True)),
                ('final_band', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('final_score', models.DecimalField(blank=True, decimal_places=1, max_digits=3, null=True)),
                ('final_reason', models.TextField(blank=True)),
                ('final_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='ReviewAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='ReviewChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('changes', models.JSONField()),
                ('undone', models.BooleanField(default=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['-version'],
            },
        ),
        migrations.CreateModel(
            name='SecondReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('drawn_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('outcome', models.CharField(blank=True, choices=[('agree', 'Agreed'), ('row', 'Another printed row'), ('evidence', 'Needs evidence')], max_length=8)),
                ('band', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('visited_on', models.DateField(verbose_name='date of the visit')),
                ('who', models.CharField(max_length=300, verbose_name='who visited')),
                ('summary', models.TextField(blank=True, verbose_name='what was found')),
                ('advice', models.TextField(blank=True, verbose_name='advice')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['-visited_on', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='assessment',
            name='asked',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='assessment',
            name='final_results',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='assessment',
            name='reply_until',
            field=models.DateField(blank=True, null=True, verbose_name='reply until'),
        ),
        migrations.AddField(
            model_name='assessment',
            name='verified_results',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='round',
            name='flagged_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='round',
            name='reply_days',
            field=models.PositiveSmallIntegerField(default=14, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(120)], verbose_name='days to reply to the verdicts'),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='status',
            field=models.CharField(choices=[('draft', 'In progress'), ('submitted', 'Submitted'), ('in_review', 'In review'), ('returned', 'Returned for correction'), ('verified', "Verified, open for the office's reply"), ('replied', 'The office has replied'), ('final', 'Final'), ('published', 'Published')], default='draft', max_length=10, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='statuschange',
            name='action',
            field=models.CharField(choices=[('submit', 'Certify and submit'), ('begin', 'Begin the review'), ('return', 'Return with questions'), ('verify', 'Verify'), ('reply', 'Send the reply'), ('finalise', 'Make final'), ('publish', 'Publish'), ('reopen', 'Reopen')], max_length=10),
        ),
        migrations.AlterField(
            model_name='statuschange',
            name='from_status',
            field=models.CharField(choices=[('draft', 'In progress'), ('submitted', 'Submitted'), ('in_review', 'In review'), ('returned', 'Returned for correction'), ('verified', "Verified, open for the office's reply"), ('replied', 'The office has replied'), ('final', 'Final'), ('published', 'Published')], max_length=10),
        ),
        migrations.AlterField(
            model_name='statuschange',
            name='to_status',
            field=models.CharField(choices=[('draft', 'In progress'), ('submitted', 'Submitted'), ('in_review', 'In review'), ('returned', 'Returned for correction'), ('verified', "Verified, open for the office's reply"), ('replied', 'The office has replied'), ('final', 'Final'), ('published', 'Published')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(('reply_days__gte', 1), ('reply_days__lte', 120)), name='round_gives_days_to_reply', violation_error_message='An office has 1 to 120 days to reply.'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='attachment',
            name='comment',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='assessments.comment'),
        ),
        migrations.AddField(
            model_name='finding',
            name='answer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='assessments.answer'),
        ),
        migrations.AddField(
            model_name='finding',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='finding',
            name='follow_up_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='attachment',
            name='finding',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='assessments.finding'),
        ),
        migrations.AddField(
            model_name='flag',
            name='answer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='flags', to='assessments.answer'),
        ),
        migrations.AddField(
            model_name='phrase',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='question',
            name='answer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='assessments.answer'),
        ),
        migrations.AddField(
            model_name='question',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='question',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='question',
            name='closed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='review',
            name='answer',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='review', to='assessments.answer'),
        ),
        migrations.AddField(
            model_name='review',
            name='final_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='review',
            name='judged_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='review',
            name='response_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='attachment',
            name='review',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='assessments.review'),
        ),
        migrations.AddField(
            model_name='reviewassignment',
            name='area',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.area'),
        ),
        migrations.AddField(
            model_name='reviewassignment',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewassignment',
            name='indicator',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.indicator'),
        ),
        migrations.AddField(
            model_name='reviewassignment',
            name='province',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.province'),
        ),
        migrations.AddField(
            model_name='reviewassignment',
            name='reviewer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='review_assignments', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewassignment',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_assignments', to='assessments.round'),
        ),
        migrations.AddField(
            model_name='reviewchange',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewchange',
            name='review',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='history', to='assessments.review'),
        ),
        migrations.AddField(
            model_name='secondreading',
            name='answer',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='second_reading', to='assessments.answer'),
        ),
        migrations.AddField(
            model_name='secondreading',
            name='drawn_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='secondreading',
            name='reader',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='visit',
            name='assessment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='visits', to='assessments.assessment'),
        ),
        migrations.AddField(
            model_name='visit',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='finding',
            name='visit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='assessments.visit'),
        ),
        migrations.AddConstraint(
            model_name='flag',
            constraint=models.UniqueConstraint(fields=('answer', 'code'), name='answer_flagged_once_a_code'),
        ),
        migrations.AddConstraint(
            model_name='phrase',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='phrase_has_its_text', violation_error_message='Write the phrase.'),
        ),
        migrations.AddConstraint(
            model_name='phrase',
            constraint=models.UniqueConstraint(fields=('text',), name='phrase_kept_once'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='question_has_its_text', violation_error_message='Write what you ask of the office.'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('answered_text', '')), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('sent_with__isnull', False)), _connector='OR'), name='question_answered_by_somebody_at_some_time', violation_error_message='An answer to a question has its person and its time.'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='question_closed_by_somebody_at_some_time', violation_error_message='Closing a question needs its person and its time.'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('judged_at__isnull', True), ('judged_by__isnull', True), ('judged_version__isnull', True), ('outcome', '')), models.Q(models.Q(('outcome', ''), _negated=True), ('judged_at__isnull', False), ('judged_by__isnull', False), ('judged_version__isnull', False)), _connector='OR'), name='verdict_whole_or_not_at_all', violation_error_message='A verdict has its person, its time and the answer that it is about.'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'agree']), models.Q(('reason', ''), _negated=True), _connector='OR'), name='verdict_other_than_agreed_has_its_reason', violation_error_message='A verdict that differs from the claim needs its reason.'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('band__isnull', True), ('score__isnull', True)), models.Q(('band__gte', 1), ('score__in', (Decimal('10'), Decimal('7.5'), Decimal('5'), Decimal('2.5'), Decimal('0')))), _connector='OR'), name='verified_score_is_one_of_the_five', violation_error_message='A score is 10, 7.5, 5, 2.5 or 0.'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'row'), _negated=True), ('score__isnull', False), _connector='OR'), name='a_row_names_its_score', violation_error_message='Choose one of the printed rows.'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome__in', ['', 'evidence']), _negated=True), ('score__isnull', True), _connector='OR'), name='needed_evidence_leaves_the_score_open', violation_error_message='While evidence is needed there is no verified score.'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('response', ''), ('response_at__isnull', True), ('response_by__isnull', True), ('response_text', '')), models.Q(models.Q(('response', ''), _negated=True), ('response_at__isnull', False), ('response_by__isnull', False)), _connector='OR'), name='response_whole_or_not_at_all', violation_error_message='A response has its person and its time.'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('response', 'dispute'), _negated=True), models.Q(('response_text', ''), _negated=True), _connector='OR'), name='dispute_has_its_reason', violation_error_message='Disputing a verdict needs a reason.'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('final_at__isnull', True), ('final_band__isnull', True), ('final_by__isnull', True), ('final_reason', ''), ('final_score__isnull', True)), models.Q(('final_at__isnull', False), ('final_by__isnull', False)), _connector='OR'), name='final_whole_or_not_at_all', violation_error_message='A final value has its person and its time.'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('final_band__isnull', True), ('final_score__isnull', True)), models.Q(('final_band__gte', 1), ('final_score__in', (Decimal('10'), Decimal('7.5'), Decimal('5'), Decimal('2.5'), Decimal('0')))), _connector='OR'), name='final_score_is_one_of_the_five', violation_error_message='A score is 10, 7.5, 5, 2.5 or 0.'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('final_score__isnull', True), ('final_score', models.F('score')), models.Q(('final_reason', ''), _negated=True), _connector='OR'), name='final_other_than_verified_has_its_reason', violation_error_message='A final value that differs from the verified one needs its reason.'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('comment__isnull', False), ('finding__isnull', True), ('review__isnull', True)), models.Q(('comment__isnull', True), ('finding__isnull', False), ('review__isnull', True)), models.Q(('comment__isnull', True), ('finding__isnull', True), ('review__isnull', False)), _connector='OR'), name='attachment_goes_with_one_thing', violation_error_message='A file goes with a comment, a finding or a response.'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$'), ('size__gt', 0), models.Q(('file', ''), _negated=True)), name='attachment_is_whole', violation_error_message='A file has its content and its hash.'),
        ),
        migrations.AddConstraint(
            model_name='reviewassignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('area__isnull', True), ('indicator__isnull', True), ('province__isnull', False)), models.Q(('area__isnull', False), ('indicator__isnull', True), ('province__isnull', True)), models.Q(('area__isnull', True), ('indicator__isnull', False), ('province__isnull', True)), _connector='OR'), name='one_part_of_a_round_is_assigned', violation_error_message='Choose an office, an area or an indicator.'),
        ),
        migrations.AddConstraint(
            model_name='reviewassignment',
            constraint=models.UniqueConstraint(condition=models.Q(('province__isnull', False)), fields=('round', 'province'), name='office_assigned_once_in_round'),
        ),
        migrations.AddConstraint(
            model_name='reviewassignment',
            constraint=models.UniqueConstraint(condition=models.Q(('area__isnull', False)), fields=('round', 'area'), name='area_assigned_once_in_round'),
        ),
        migrations.AddConstraint(
            model_name='reviewassignment',
            constraint=models.UniqueConstraint(condition=models.Q(('indicator__isnull', False)), fields=('round', 'indicator'), name='indicator_assigned_once_in_round'),
        ),
        migrations.AddConstraint(
            model_name='reviewchange',
            constraint=models.UniqueConstraint(fields=('review', 'version'), name='review_version_written_once'),
        ),
        migrations.AddConstraint(
            model_name='secondreading',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('band__isnull', True), ('outcome', ''), ('read_at__isnull', True), ('reader__isnull', True), ('reason', '')), models.Q(models.Q(('outcome', ''), _negated=True), ('read_at__isnull', False), ('reader__isnull', False)), _connector='OR'), name='second_reading_whole_or_not_at_all', violation_error_message='A second reading has its outcome, its person and its time.'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='finding_has_its_text', violation_error_message='Write what was found.'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('follow_up', ''), ('follow_up_at__isnull', True), ('follow_up_by__isnull', True), ('follow_up_text', '')), models.Q(models.Q(('follow_up', ''), _negated=True), ('follow_up_at__isnull', False), ('follow_up_by__isnull', False)), _connector='OR'), name='finding_followed_up_by_somebody_at_some_time', violation_error_message='What became of a finding has its person and its time.'),
        ),
    ]
