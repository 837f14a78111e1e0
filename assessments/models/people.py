"""Regions, provinces, support offices (สสว.) and people."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments.workflow import CENTRAL_ROLES, OFFICE_ROLES, Role


class RegionManager(models.Manager["Region"]):
    def get_by_natural_key(self, code: str) -> "Region":
        return self.get(code=code)


class Region(models.Model):
    """One of the handbook's four regions."""

    code = models.CharField(max_length=20, unique=True)
    name_th = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    order = models.PositiveSmallIntegerField()

    objects = RegionManager()

    class Meta:
        ordering: ClassVar = ["order"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_th

    def natural_key(self) -> tuple[str]:
        return (self.code,)


class ProvinceQuerySet(models.QuerySet["Province"]):
    def with_office(self) -> "ProvinceQuerySet":
        """The 76 provinces with a provincial office; Bangkok has none."""
        return self.filter(has_office=True)

    def get_by_natural_key(self, iso: str) -> "Province":
        return self.get(iso=iso)


class Province(models.Model):
    """A province. `sort_key` holds the Thai dictionary order, which code points do not give."""

    iso = models.CharField("ISO 3166-2", max_length=5, unique=True)
    name_th = models.CharField(max_length=100, unique=True)
    name_en = models.CharField(max_length=100, unique=True)
    other_names = models.JSONField(default=list, blank=True)
    sort_key = models.CharField(max_length=200)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="provinces")
    has_office = models.BooleanField(default=True)

    objects = ProvinceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["sort_key"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="province_with_office_has_a_region",
                condition=Q(has_office=False) | Q(region__isnull=False),
                violation_error_message=_("A province with an office belongs to a region."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_th

    @property
    def office_name(self) -> str:
        """สนง.พมจ.เชียงใหม่, the name in the office's own papers."""
        return f"สนง.พมจ.{self.name_th}"

    @property
    def full_office_name(self) -> str:
        return f"สำนักงานพัฒนาสังคมและความมั่นคงของมนุษย์จังหวัด{self.name_th}"

    def natural_key(self) -> tuple[str]:
        return (self.iso,)


class SupportOffice(models.Model):
    """สำนักงานส่งเสริมและสนับสนุนวิชาการ 1-12 (สสว.). Ships empty: the central division fills it."""

    number = models.PositiveSmallIntegerField(unique=True)
    name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"สสว. {self.number}"


class SupportMembershipQuerySet(models.QuerySet["SupportMembership"]):
    def on(self, day: Any) -> "SupportMembershipQuerySet":
        """Those in force on a day."""
        return self.filter(Q(starts_on__lte=day), Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class SupportMembership(models.Model):
    """Which support office a province belongs to, and from when: assignments change."""

    support_office = models.ForeignKey(SupportOffice, models.PROTECT, related_name="memberships")
    province = models.ForeignKey(Province, models.PROTECT, related_name="support_memberships")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = SupportMembershipQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["province__sort_key", "starts_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="province_has_one_open_support_office", fields=["province"], condition=Q(ends_on__isnull=True)
            ),
            models.CheckConstraint(
                name="support_membership_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                violation_error_message=_("The last day must not be before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.support_office} {self.province.name_th}"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person. Signs in by e-mail address, since Thai names do not survive user-name normalisation."""

    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("full name"), max_length=200)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    province = models.ForeignKey(
        Province, models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("office")
    )
    support_office = models.ForeignKey(
        SupportOffice, models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("support office")
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(_("demo account"), default=False)
    mails_wanted = models.BooleanField(_("one mail a day with what is new"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Part of what a session is signed with: the next number ends all sessions of the person.
    session_number = models.PositiveIntegerField(default=0, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["full_name", "role"]

    objects = UserManager()

    class Meta:
        ordering: ClassVar = ["full_name", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="user_has_an_office_exactly_with_an_office_role",
                condition=Q(role__in=sorted(OFFICE_ROLES), province__isnull=False)
                | (~Q(role__in=sorted(OFFICE_ROLES)) & Q(province__isnull=True)),
                violation_error_message=_("Office staff belong to exactly one office; nobody else does."),
            ),
            models.CheckConstraint(
                name="user_has_a_support_office_only_as_supporter",
                condition=Q(role=Role.SUPPORTER) | Q(support_office__isnull=True),
                violation_error_message=_("Only regional supporters belong to a support office."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def is_office(self) -> bool:
        return self.role in OFFICE_ROLES

    @property
    def is_central(self) -> bool:
        return self.role in CENTRAL_ROLES

    @property
    def has_joined(self) -> bool:
        """Whether the person has set a password (an invitation was accepted)."""
        return self.has_usable_password()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django compares it at each request: sessions end with the password, and with the session number."""
        return salted_hmac(
            "assessments.User.session", f"{self.password}{self.session_number}", secret=secret, algorithm="sha256"
        ).hexdigest()


class Invitation(models.Model):
    """A one-time link by which an invited person sets a password. Only the hash of its token is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-invited_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="invitation_used_or_revoked_not_both",
                condition=Q(used_at__isnull=True) | Q(revoked_at__isnull=True),
                violation_error_message=_("An invitation is used or revoked, not both."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user.email} ({self.invited_at:%Y-%m-%d})"

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.revoked_at is None and self.expires_at > timezone.now()
