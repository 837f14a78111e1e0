"""What a password may be: long rather than complicated, and not a word that everybody in the ministry would try."""

import re
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indicators import thai

# What people of these offices would try first, squeezed: the offices' and the ministry's names and those of the form.
WORDS = (
    *("สำนักงานพัฒนาสังคมและความมั่นคงของมนุษย์", "พัฒนาสังคมและความมั่นคงของมนุษย์", "พัฒนาสังคม", "ความมั่นคงของมนุษย์"),
    *(
        "สนงพมจ",
        "สนง.พมจ",
        "พมจ",
        "พม.",
        "สสว",
        "มาตรฐาน",
        "กองมาตรฐาน",
        "รหัสผ่าน",
        "ประเมิน",
        "จังหวัด",
        "สำนักงาน",
        "ราชการ",
    ),
    *("msociety", "m-society", "pmj", "standards", "standard", "password", "passw0rd", "p@ssword", "p@ssw0rd", "admin"),
    *("thailand", "office", "province", "ministry", "welcome", "qwertyuiop", "qwerty", "asdfghjkl", "abcdef"),
)
# What must be left of a password once those words, digits and signs are taken out.
LEFT = 6


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return ngettext(
            "This password is too short: use at least %(count)s character. A short sentence is easy to remember.",
            "This password is too short: use at least %(count)s characters. A short sentence is easy to remember.",
            self.min_length,
        ) % {"count": self.min_length}


class SimilarityValidator(password_validation.UserAttributeSimilarityValidator):
    def __init__(self) -> None:
        super().__init__(user_attributes=("email", "full_name"))

    def get_error_message(self) -> str:
        return _("This password is too close to your name or e-mail address; choose another.")


class CommonPasswordValidator(password_validation.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return _("This password is on the list of passwords that are tried first; choose another.")


class MinistryWordsValidator:
    """Refuses what is little more than the ministry's words and the province's name with a year behind."""

    def validate(self, password: str, user: Any = None) -> None:
        text = thai.squeeze(password)
        province = getattr(user, "province", None)
        names = [] if province is None else [province.name_th, province.name_en, *province.other_names]
        rest = text
        for word in sorted((thai.squeeze(word) for word in (*WORDS, *names)), key=len, reverse=True):
            rest = rest.replace(word, "")
        if rest != text and len(re.sub(r"[\W\d_]", "", rest)) < LEFT:
            raise ValidationError(
                _("This password is made of words that anybody in the ministry would try; add words of your own."),
                code="password_ministry_words",
            )

    def get_help_text(self) -> str:
        return _("Not only words of the ministry and the name of the province.")
