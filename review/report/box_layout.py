"""Parts of WeasyPrint's layout as this program does them: the same answers, for the plain boxes a report is made of without the questions they do not need.

Each hands everything else to WeasyPrint. Together they spare a quarter of the calls of the layout (measured on the sample).
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache, partial
from typing import Any, Final

LENGTHS: Final = (
    *(f"{kind}_{side}" for kind in ("margin", "padding") for side in ("left", "right", "top", "bottom")),
    *("width", "min_width", "max_width", "height", "min_height", "max_height"),
)
BORDERS: Final = tuple(f"border_{side}_width" for side in ("top", "right", "bottom", "left"))
SIZES: Final = (*LENGTHS, *BORDERS, "box_sizing", "border_collapse")
RADII: Final = tuple(f"border_{corner}_radius" for corner in ("top_left", "top_right", "bottom_right", "bottom_left"))
SURFACE: Final = (*RADII, "border_image_source", "mask_border_source", "background_image", "background_color", "box_shadow", "visibility")
FEATURES: Final = {
    "font_kerning": "auto", "font_variant_ligatures": "normal", "font_variant_position": "normal", "font_variant_caps": "normal",
    "font_variant_numeric": "normal", "font_variant_alternates": "normal", "font_variant_east_asian": "normal", "font_feature_settings": "normal",
    "font_variation_settings": "normal", "font_language_override": "normal",
}  # fmt: skip
LOOK: Final = ("lang", "direction", "font_size", "font_weight", "font_style", "font_stretch", *FEATURES)
OWN_RULES: Final = ("float", "position", "display", "page")
"""Properties whose value hangs on more than the style of the element and its parent's."""

FIGURE: Final = "figure:"
"""How the address of a figure begins that is still being drawn when the layout begins."""

Theirs = Callable[..., Any]


@contextmanager
def our_layout() -> Iterator[None]:
    """While it lasts these parts are ours.

    styles: a property that no rule names is the parent's or the initial one at once. sizes: those that hang on no other box are worked out once a style.
    lines: the Pango context once a look; beside no float a line has the width of its box. surfaces: a box without any is none. flow: one look-up a question.
    figures: each is fetched when its place is measured.
    """
    import weasyprint.document
    import weasyprint.layout.background
    import weasyprint.layout.float
    import weasyprint.layout.percent
    import weasyprint.text.line_break
    from weasyprint.css import ComputedStyle
    from weasyprint.formatting_structure.boxes import Box

    line_break = weasyprint.text.line_break
    parts: list[tuple[Any, str, Any]] = [
        (ComputedStyle, "__missing__", _missing_with(ComputedStyle.__missing__)),
        (Box, "is_in_normal_flow", _is_in_normal_flow),
        (line_break.Layout, "setup", _setup_with(line_break.Layout.setup)),
        (line_break, "_font_style_cache_key", _font_key),
        (weasyprint.document, "original_get_image_from_uri", _image_with(weasyprint.document.original_get_image_from_uri)),
    ]
    for module, name, ours_with in (
        (weasyprint.layout.percent, "resolve_percentages", _sizes_with),
        (weasyprint.layout.float, "avoid_collisions", _avoid_collisions_with),
        (weasyprint.layout.background, "layout_box_backgrounds", _backgrounds_with),
    ):
        theirs = getattr(module, name)
        ours = ours_with(theirs)
        users = [each for each_name, each in sys.modules.items() if each_name.startswith("weasyprint.layout.") and vars(each).get(name) is theirs]
        parts += [(user, name, ours) for user in users]
    with ExitStack() as stack:
        for owner, name, ours in parts:
            stack.callback(setattr, owner, name, owner.__dict__[name])
            setattr(owner, name, ours)
        yield


class _Later:
    """A picture that is fetched when its size is asked for."""

    def __init__(self, fetch: Callable[[], Any]) -> None:
        self._picture = lru_cache(maxsize=1)(fetch)

    def get_intrinsic_size(self, *arguments: Any) -> Any:
        return self._picture().get_intrinsic_size(*arguments)

    def draw(self, *arguments: Any) -> None:
        self._picture().draw(*arguments)


def _image_with(theirs: Theirs) -> Theirs:
    def get_image_from_uri(*, url: str, **options: Any) -> Any:
        fetch = partial(theirs, url=url, **options)
        return _Later(fetch) if url.startswith(FIGURE) else fetch()

    return get_image_from_uri


def _missing_with(theirs: Theirs) -> Theirs:
    from weasyprint.css.computed_values import PHYSICAL_FUNCTIONS
    from weasyprint.css.properties import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES

    logical = {name: {function(block="ttb", inline=inline) for inline in ("ltr", "rtl")} for name, function in PHYSICAL_FUNCTIONS.items()}
    initial = {name for name in INITIAL_VALUES if name not in INHERITED | INITIAL_NOT_COMPUTED and not name.startswith("text_decoration_")} - {*OWN_RULES}

    def __missing__(style: Any, key: str) -> Any:  # noqa: N807
        cascaded = style.cascaded
        if key not in cascaded and style.parent_style is not None and not (key in logical and not logical[key].isdisjoint(cascaded)):
            if key in initial:
                value = style[key] = INITIAL_VALUES[key]
                return value
            if key in INHERITED:
                value = style[key] = style.parent_style[key]
                return value
        return theirs(style, key)

    return __missing__


def _is_in_normal_flow(box: Any) -> bool:
    style = box.style
    return style["float"] == "none" and style["position"] in ("static", "relative")


def _font_key(style: Any, include_size: bool = False) -> tuple[Any, ...]:
    size = (style["font_size"], style["line_height"]) if include_size else ()
    return (*style["font_family"], *[style[name] for name in LOOK], *size)


def _sizes_with(theirs: Theirs) -> Theirs:
    def resolve_percentages(box: Any, containing_block: Any) -> None:
        style = box.style
        given = [style[name] for name in SIZES]
        known = style.__dict__.get("_sizes_worked_out")
        if known is not None and known[0] == given:
            box.__dict__.update(known[1])
            return
        theirs(box, containing_block)
        if style["border_collapse"] != "collapse" and all(value in (None, "auto") or getattr(value, "unit", None) == "px" for value in given[: len(LENGTHS)]):
            style.__dict__["_sizes_worked_out"] = given, {name: box.__dict__[name] for name in (*LENGTHS, *BORDERS)}

    return resolve_percentages


def _avoid_collisions_with(theirs: Theirs) -> Theirs:
    def avoid_collisions(context: Any, box: Any, containing_block: Any, outer: bool = True) -> Any:
        if context.excluded_shapes or containing_block.style["direction"] != "ltr" or box.style["float"] != "none":
            return theirs(context, box, containing_block, outer)
        left = containing_block.content_box_x()
        right = left + containing_block.width
        if outer:
            return left, box.position_y, right - left
        left, right = left + box.margin_left, right - box.margin_right
        return left - box.margin_left, box.border_box_y() - box.margin_top, right - left

    return avoid_collisions


def _backgrounds_with(theirs: Theirs) -> Theirs:
    from weasyprint.css.properties import INITIAL_VALUES

    bare = [INITIAL_VALUES[name] for name in SURFACE]
    sharp = dict.fromkeys(RADII, (0, 0))

    def layout_box_backgrounds(page: Any, box: Any, get_image_from_uri: Any, layout_children: bool = True, style: Any = None) -> None:
        if style is not None or box is page or [box.style[name] for name in SURFACE] != bare:
            theirs(page, box, get_image_from_uri, layout_children, style)
            return
        box.__dict__.update(sharp)
        if layout_children:
            for child in box.all_children():
                layout_box_backgrounds(page, child, get_image_from_uri)
        box.background = None

    return layout_box_backgrounds


def _setup_with(theirs: Theirs) -> Theirs:
    from weasyprint.text.constants import PANGO_DIRECTION
    from weasyprint.text.ffi import ffi, gobject, pango, unicode_to_char_p
    from weasyprint.text.fonts import get_font_description

    def context_of(style: Any) -> tuple[Any, Any, Any]:
        context = ffi.gc(pango.pango_font_map_create_context(style.font_config.font_map), gobject.g_object_unref)
        pango.pango_context_set_round_glyph_positions(context, False)
        pango.pango_context_set_base_dir(context, PANGO_DIRECTION[style["direction"]])
        pointer, _alive = unicode_to_char_p(style["lang"])
        language = pango.pango_language_from_string(pointer)
        pango.pango_context_set_language(context, language)
        return context, language, get_font_description(style)

    def setup(layout: Any, style: Any) -> None:
        if style["text_decoration_line"] != "none":
            theirs(layout, style)
            return
        looks = style.font_config.__dict__.setdefault("_contexts_by_look", {})
        look = _font_key(style)
        if look not in looks:
            plain = bool(style["lang"]) and all(style[name] == value for name, value in FEATURES.items())
            looks[look] = context_of(style) if plain else None
        if looks[look] is None:
            theirs(layout, style)
            return
        context, layout.language, description = looks[look]
        layout.style, layout.first_line_direction = style, 0
        layout.layout = ffi.gc(pango.pango_layout_new(context), gobject.g_object_unref)
        pango.pango_layout_set_auto_dir(layout.layout, False)
        pango.pango_layout_set_font_description(layout.layout, description)
        layout.ascent = layout.underline_position = layout.strikethrough_position = layout.underline_thickness = layout.strikethrough_thickness = None

    return setup
