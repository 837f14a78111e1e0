"""Tags and widgets of Django's own, done with less work: a page has hundreds of them.

They give what Django's give (tests/test_quick.py compares them). What is remembered
here follows from the code alone: a literal's translation from its language, an address from its name and arguments.
"""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django import template
from django.forms.renderers import TemplatesSetting
from django.template import Context, Node
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.templatetags import i18n
from django.urls import get_resolver, get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape
from django.utils.translation import get_language

# --- {% translate "a literal" %} -------------------------------------------------------------------

# This library stands for Django's `i18n` (TEMPLATES, "libraries"): all of its tags, one of them another.
register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Words(Node):
    """A literal in the language of the page."""

    child_nodelists = ()

    def __init__(self, node: i18n.TranslateNode) -> None:
        self.node = node
        self.said: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        if language not in self.said:
            self.said[language] = self.node.render(context)
        return self.said[language]


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    node = i18n.do_translate(parser, token)
    literal = isinstance(node.filter_expression.var.literal, str)
    if not literal or node.filter_expression.filters or node.asvar or node.message_context:
        return node
    return Words(node)


# --- {% url %} -------------------------------------------------------------------------------------


class Address(URLNode):
    def render(self, context: Context) -> str:
        name = self.view_name.resolve(context)
        args = [arg.resolve(context) for arg in self.args]
        known = ":" not in name and all(isinstance(arg, str | int | UUID) for arg in args)
        if not known or self.kwargs or self.asvar:
            return super().render(context)
        address = address_of(get_resolver(get_urlconf()), get_script_prefix(), name, *map(str, args))
        return conditional_escape(address) if context.autoescape else address


@lru_cache(maxsize=4096)
def address_of(_resolver: Any, _prefix: str, name: str, *args: str) -> str:
    return reverse(name, args=args)


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    node = django_url(parser, token)
    return Address(node.view_name, node.args, node.kwargs, node.asvar)


# --- the plain widgets of a form -------------------------------------------------------------------


def _attrs(attrs: dict[str, Any]) -> str:
    said = []
    for name, value in attrs.items():
        if value is True:
            said.append(f" {conditional_escape(name)}")
        elif value is not False:
            said.append(f' {conditional_escape(name)}="{_text(value)}"')
    return "".join(said)


def _text(value: Any) -> str:
    """A value as the filter stringformat:"s" writes it."""
    return conditional_escape(value if isinstance(value, str) else str(value))


def _input(widget: dict[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    name, kind = conditional_escape(widget["name"]), conditional_escape(widget["type"])
    return f'<input type="{kind}" name="{name}"{value}{_attrs(widget["attrs"])}>'


def _textarea(widget: dict[str, Any]) -> str:
    value = conditional_escape(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{conditional_escape(widget["name"])}"{_attrs(widget["attrs"])}>\n{value}</textarea>'


def _option(widget: dict[str, Any]) -> str:
    if not widget.get("wrap_label"):
        return _input(widget)
    place = f' for="{conditional_escape(widget["attrs"]["id"])}"' if widget["attrs"].get("id") else ""
    return f"<label{place}>{_input(widget)} {conditional_escape(widget['label'])}</label>"


def _select(widget: dict[str, Any]) -> str:
    said = []
    for name, options, _place in widget["optgroups"]:
        if name:
            said.append(f'\n  <optgroup label="{conditional_escape(name)}">')
        for each in options:
            label = conditional_escape(each["label"])
            said.append(f'\n  <option value="{_text(each["value"])}"{_attrs(each["attrs"])}>{label}</option>\n')
        if name:
            said.append("\n  </optgroup>")
    return f'<select name="{conditional_escape(widget["name"])}"{_attrs(widget["attrs"])}>{"".join(said)}\n</select>'


WIDGETS = {
    "django/forms/widgets/checkbox.html": _input,
    "django/forms/widgets/checkbox_option.html": _option,
    "django/forms/widgets/hidden.html": _input,
    "django/forms/widgets/radio_option.html": _option,
    "django/forms/widgets/select.html": _select,
    "django/forms/widgets/text.html": _input,
    "django/forms/widgets/textarea.html": _textarea,
}


class Renderer(TemplatesSetting):
    """The forms' renderer: the plain widgets without a template."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        plain = WIDGETS.get(template_name)
        if plain is None:
            return super().render(template_name, context, request)
        # Django strips what a template gives, which here is nothing but the mark of the last line.
        return plain(context["widget"]).strip()
