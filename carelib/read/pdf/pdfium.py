"""The only door to pypdfium2: a document's pages as plain glyphs, paths, images, form fields and pictures.

Everything leaves this module in display coordinates: points, origin top left of the page as seen (crop box and /Rotate
applied). What it means is for others to say.
"""
from __future__ import annotations

import ctypes as c
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from carelib.read.pdf.geometry import Box

FORM_DEPTH = 4                  # form XObjects inside form XObjects
MAX_OBJECTS = 200_000           # page objects looked at, on one page
MAX_SEGMENTS = 400_000          # path segments looked at, on one page
MAX_GLYPHS = 200_000            # characters of one page
THIN = 2.2                      # points: a filled shape thinner than this is a line, whatever its outline
SIMPLE = 5                      # segments of a rectangle
TEXT, PATH, IMAGE, FORM = raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM
_BLANK = frozenset((9, 10, 13, 32, 0xA0, 0x3000))
NOWHERE = Box(0.0, 0.0, 0.0, 0.0)
IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
Matrix = tuple[float, float, float, float, float, float]


class Locked(Exception):
    """The document opens with a password only."""


class Broken(Exception):
    """The document or a page of it cannot be opened; `str()` is the library's reason."""


class Char(NamedTuple):
    """A character as pdfium gives it."""
    code: int
    box: tuple[float, float, float, float]
    owner: int | None           # address of its text object
    angle: float                # radians, counter-clockwise in user space; 0 for upright
    unmapped: bool              # the font does not say which character this is
    index: int
    origin: tuple[float, float]     # where the baseline of its drawing operation begins


class Painted(NamedTuple):
    """A page object: text, path or image, in the order of painting."""
    kind: int
    box: Box                                                # NOWHERE for a text: its characters tell
    address: int = 0
    colour: tuple[int, int, int, int] | None = None         # of the fill
    stroke: tuple[int, int, int, int] | None = None         # of the stroke; None if not stroked
    width: float = 0.0                                      # of the stroke
    paths: tuple[tuple[tuple[tuple[float, float], ...], bool], ...] = ()    # (points, has a curve) of each sub-path;
                                                            # none if the box is all there is to it: a thin filled shape
    mode: int = 0                                           # text render mode
    size: float = 0.0                                       # font size as seen


class Widget(NamedTuple):
    """A form field or an annotation."""
    kind: str                   # text | check | radio | choice | button | signature | free | note | strike | stamp | other
    box: Box
    text: str
    checked: bool = False
    hidden: bool = False
    name: str = ""


def _bind(function: Any, result: Any, *arguments: Any) -> Any:
    """The same C function with plain addresses instead of typed pointers: half the time a call."""
    return c.PYFUNCTYPE(result, *arguments)(c.cast(function, c.c_void_p).value)


_owner_of = _bind(raw.FPDFText_GetTextObject, c.c_void_p, c.c_void_p, c.c_int)
_font_of = _bind(raw.FPDFTextObj_GetFont, c.c_void_p, c.c_void_p)
_code_of = _bind(raw.FPDFText_GetUnicode, c.c_uint, c.c_void_p, c.c_int)
_loose = _bind(raw.FPDFText_GetLooseCharBox, c.c_int, c.c_void_p, c.c_int, c.c_void_p)
_origin_of = _bind(raw.FPDFText_GetCharOrigin, c.c_int, c.c_void_p, c.c_int, c.c_void_p, c.c_void_p)
_angle_of = _bind(raw.FPDFText_GetCharAngle, c.c_float, c.c_void_p, c.c_int)
_unmapped = _bind(raw.FPDFText_HasUnicodeMapError, c.c_int, c.c_void_p, c.c_int)
_type_of = _bind(raw.FPDFPageObj_GetType, c.c_int, c.c_void_p)
_page_object = _bind(raw.FPDFPage_GetObject, c.c_void_p, c.c_void_p, c.c_int)
_form_object = _bind(raw.FPDFFormObj_GetObject, c.c_void_p, c.c_void_p, c.c_ulong)
_count_segments = _bind(raw.FPDFPath_CountSegments, c.c_int, c.c_void_p)
_path_segment = _bind(raw.FPDFPath_GetPathSegment, c.c_void_p, c.c_void_p, c.c_int)
_segment_type = _bind(raw.FPDFPathSegment_GetType, c.c_int, c.c_void_p)
_segment_point = _bind(raw.FPDFPathSegment_GetPoint, c.c_int, c.c_void_p, c.c_void_p, c.c_void_p)
_segment_close = _bind(raw.FPDFPathSegment_GetClose, c.c_int, c.c_void_p)
_bounds_of = _bind(raw.FPDFPageObj_GetBounds, c.c_int, *[c.c_void_p] * 5)
_font_size = _bind(raw.FPDFTextObj_GetFontSize, c.c_int, c.c_void_p, c.c_void_p)
_mode_of = _bind(raw.FPDFTextObj_GetTextRenderMode, c.c_int, c.c_void_p)
_draw_mode = _bind(raw.FPDFPath_GetDrawMode, c.c_int, c.c_void_p, c.c_void_p, c.c_void_p)
_stroke_width = _bind(raw.FPDFPageObj_GetStrokeWidth, c.c_int, c.c_void_p, c.c_void_p)
_clip_of = _bind(raw.FPDFPageObj_GetClipPath, c.c_void_p, c.c_void_p)
_clip_paths = _bind(raw.FPDFClipPath_CountPaths, c.c_int, c.c_void_p)
_clip_segment = _bind(raw.FPDFClipPath_GetPathSegment, c.c_void_p, c.c_void_p, c.c_int, c.c_int)
_matrix_of = _bind(raw.FPDFPageObj_GetMatrix, c.c_int, c.c_void_p, c.c_void_p)
_fill_of = _bind(raw.FPDFPageObj_GetFillColor, c.c_int, *[c.c_void_p] * 5)
_stroke_of = _bind(raw.FPDFPageObj_GetStrokeColor, c.c_int, *[c.c_void_p] * 5)


class Document:
    """An open PDF. Use as a context manager."""

    def __init__(self, data: bytes) -> None:
        try:
            self._pdf = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            locked = raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower()
            raise (Locked if locked else Broken)(str(error)) from error
        self._forms = self._pdf.get_formtype() != raw.FORMTYPE_NONE and self._pdf.init_forms()

    def __enter__(self) -> Document:
        return self

    def __exit__(self, *_: object) -> None:
        self._pdf.close()

    def __len__(self) -> int:
        return len(self._pdf)

    @property
    def is_dynamic_form(self) -> bool:
        """An XFA form: its pages are a placeholder for other software."""
        return self._pdf.get_formtype() == raw.FORMTYPE_XFA_FULL

    def page(self, number: int) -> RawPage:
        """Page by number, from 1."""
        try:
            return RawPage(self._pdf[number - 1], self._pdf.formenv)
        except (pdfium.PdfiumError, IndexError) as error:
            raise Broken(str(error)) from error


def flattened(data: bytes, number: int) -> list[Char]:
    """The characters of a page with its fields and annotations painted on it, to compare with their values."""
    with Document(data) as document:
        page = document._pdf[number - 1]
        raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY)
        page.close()
        with document.page(number) as painted:
            return list(painted.chars())


class RawPage:
    """One page. Use as a context manager."""

    def __init__(self, page: pdfium.PdfPage, forms: Any) -> None:
        self._page, self._forms, self._text = page, forms, None
        self._floats, self._counts = (c.c_float * 6)(), (c.c_uint * 4)()     # scratch room for the library's answers
        self._at = [c.addressof(self._floats) + 4 * i for i in range(6)]
        self._at_count = [c.addressof(self._counts) + 4 * i for i in range(4)]
        box = raw.FS_RECTF()
        raw.FPDF_GetPageBoundingBox(page.raw, c.byref(box))
        left, top, right, bottom = box.left, box.top, box.right, box.bottom
        wide, high = right - left, top - bottom
        turns = raw.FPDFPage_GetRotation(page.raw) % 4
        self.turns = turns
        self.matrix: Matrix = ((1, 0, 0, -1, -left, top), (0, 1, 1, 0, -bottom, -left),
                               (-1, 0, 0, 1, right, -bottom), (0, -1, -1, 0, top, right))[turns]
        self.width, self.height = (wide, high) if turns % 2 == 0 else (high, wide)

    def __enter__(self) -> RawPage:
        return self

    def __exit__(self, *_: object) -> None:
        if self._text:
            raw.FPDFText_ClosePage(self._text)
        self._page.close()

    def _box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        a, b, cc, d, e, f = self.matrix
        xs, ys = (a * x0 + cc * y0 + e, a * x1 + cc * y1 + e), (b * x0 + d * y0 + f, b * x1 + d * y1 + f)
        return Box(min(xs), min(ys), max(xs), max(ys))

    def count_chars(self) -> int:
        self._text = self._text or raw.FPDFText_LoadPage(self._page.raw)
        return max(0, raw.FPDFText_CountChars(self._text)) if self._text else 0

    def chars(self) -> Iterator[Char]:
        """Every character but white space, in the order of the content."""
        total = min(self.count_chars(), MAX_GLYPHS)
        text = c.cast(self._text, c.c_void_p).value if total else None
        rect, x, y = raw.FS_RECTF(), c.c_double(), c.c_double()
        spot, at_x, at_y = c.addressof(rect), c.addressof(x), c.addressof(y)
        a, b, cc, d, e, f = self.matrix
        upright = b == 0 and a > 0
        last: int | None = -1
        origin, angle = (0.0, 0.0), 0.0
        for i in range(total):
            code = _code_of(text, i)
            unmapped = _unmapped(text, i) == 1
            if code in _BLANK and not unmapped:
                continue
            if code in (2, 0xFFFE) and raw.FPDFText_IsHyphen(self._text, i) == 1:
                code, unmapped = ord("-"), False                # pdfium marks a hyphen at the end of a line so
            if not _loose(text, i, spot):
                continue
            x0, y0, x1, y1 = rect.left, rect.bottom, rect.right, rect.top
            if code == 0 and y1 - y0 < 1.0:                     # a character that the font lacks: nothing is to be seen
                x1, y0, y1 = x0 + 1.0, y0 - 2.0, y0 + 6.0
            box = (a * x0 + e, d * y1 + f, a * x1 + e, d * y0 + f) if upright else tuple(self._box(x0, y0, x1, y1))
            owner = _owner_of(text, i)
            if owner != last or owner is None:                  # one baseline and one direction a drawing operation
                _origin_of(text, i, at_x, at_y)
                origin = (a * x.value + cc * y.value + e, b * x.value + d * y.value + f)
                angle, last = _angle_of(text, i), owner
            yield Char(code, box, owner, angle, unmapped, i, origin)

    def start_of(self, char: Char) -> float:
        """Where on its upright line a character begins, however narrow its ink is."""
        x, y = c.c_double(), c.c_double()
        _origin_of(c.cast(self._text, c.c_void_p).value, char.index, c.addressof(x), c.addressof(y))
        return self.matrix[0] * x.value + self.matrix[2] * y.value + self.matrix[4]

    def objects(self) -> Iterator[Painted]:
        """Texts, paths and images in the order of painting, form XObjects opened; stops at the limits."""
        self.segments = self.seen = 0
        page = c.cast(self._page.raw, c.c_void_p).value
        yield from self._walk(page, raw.FPDFPage_CountObjects(self._page.raw), _page_object, self.matrix, 0)

    @property
    def exhausted(self) -> bool:
        """Whether `objects` stopped at a limit."""
        return self.segments >= MAX_SEGMENTS or self.seen >= MAX_OBJECTS

    def _walk(self, holder: int, count: int, get: Any, matrix: Matrix, depth: int) -> Iterator[Painted]:
        for i in range(count):
            self.seen += 1
            if self.segments >= MAX_SEGMENTS or self.seen >= MAX_OBJECTS:
                return
            address = get(holder, i)
            kind = _type_of(address) if address else 0
            if kind == FORM and depth < FORM_DEPTH:
                inner = _times(self._own_matrix(address), matrix)
                yield from self._walk(address, raw.FPDFFormObj_CountObjects(_typed(address)), _form_object, inner, depth + 1)
            elif kind in (TEXT, PATH, IMAGE):
                found = self._painted(address, kind, matrix)
                if found:
                    yield found

    def _painted(self, address: int, kind: int, matrix: Matrix) -> Painted | None:
        if kind == TEXT:
            _font_size(address, self._at[0])
            size = self._floats[0]
            size *= _scale(self._own_matrix(address)) * _scale(matrix)
            return Painted(kind, NOWHERE, address, self._colour(_fill_of, address), mode=_mode_of(address), size=size)
        if kind == IMAGE:
            box = self._bounds(address, matrix)
            return box and Painted(kind, box, address)
        _draw_mode(address, self._at_count[0], self._at_count[1])
        filled, stroked, _, _ = self._counts
        if not filled and not stroked:
            return None
        box = self._bounds(address, matrix)
        if box is None:
            return None
        if not stroked and (box[2] - box[0] < THIN or box[3] - box[1] < THIN) and _count_segments(address) <= SIMPLE:
            self.segments += SIMPLE
            return Painted(kind, box, address, self._colour(_fill_of, address))
        own = _times(self._own_matrix(address), matrix)
        width = self._floats[0] if _stroke_width(address, self._at[0]) else 0.0
        return Painted(kind, box, address, self._colour(_fill_of, address) if filled else None,
                       self._colour(_stroke_of, address) if stroked else None, width * _scale(own),
                       tuple(self._paths(address, own)))

    def _own_matrix(self, address: int) -> Matrix:
        if not _matrix_of(address, self._at[0]):
            return IDENTITY
        return tuple(self._floats)                          # type: ignore[return-value]

    def _bounds(self, address: int, matrix: Matrix) -> Box | None:
        if not _bounds_of(address, *self._at[:4]):
            return None
        a, b, cc, d, e, f = matrix
        left, bottom, right, top = self._floats[:4]
        if b == 0 and cc == 0 and a > 0 > d:
            return Box(a * left + e, d * top + f, a * right + e, d * bottom + f)
        xs = [a * x + cc * y + e for x in (left, right) for y in (bottom, top)]
        ys = [b * x + d * y + f for x in (left, right) for y in (bottom, top)]
        return Box(min(xs), min(ys), max(xs), max(ys))

    def _colour(self, get: Any, address: int) -> tuple[int, int, int, int] | None:
        return tuple(self._counts) if get(address, *self._at_count) else None   # type: ignore[return-value]

    def _paths(self, address: int, matrix: Matrix) -> Iterator[tuple[tuple[tuple[float, float], ...], bool]]:
        a, b, cc, d, e, f = matrix
        x, y = c.c_float(), c.c_float()
        at_x, at_y = c.addressof(x), c.addressof(y)
        points: list[tuple[float, float]] = []
        curved = False
        for i in range(_count_segments(address)):
            self.segments += 1
            if self.segments >= MAX_SEGMENTS:
                break
            segment = _path_segment(address, i)
            kind = _segment_type(segment)
            if kind == raw.FPDF_SEGMENT_MOVETO and points:
                yield tuple(points), curved
                points, curved = [], False
            curved |= kind == raw.FPDF_SEGMENT_BEZIERTO
            _segment_point(segment, at_x, at_y)
            points.append((a * x.value + cc * y.value + e, b * x.value + d * y.value + f))
            if _segment_close(segment):
                points.append(points[0])
        if points:
            yield tuple(points), curved

    def clip(self, address: int) -> Box | None:
        """The box to which a text object is clipped, if it is."""
        path = _clip_of(address)
        count = _clip_paths(path) if path else 0
        out: Box | None = None
        for i in range(max(0, count)):
            points = []
            for j in range(min(64, raw.FPDFClipPath_CountPathSegments(c.cast(path, raw.FPDF_CLIPPATH), i))):
                _segment_point(_clip_segment(path, i, j), self._at[0], self._at[1])
                points.append((self._floats[0], self._floats[1]))
            if points:
                box = self._box(min(p[0] for p in points), min(p[1] for p in points),
                                max(p[0] for p in points), max(p[1] for p in points))
                out = box if out is None else box.clip(out)
        return out

    def font_of(self, address: int) -> int:
        """Which font a text object uses: a number that is the same for the same font."""
        return _font_of(address) or 0

    def font_name(self, address: int) -> str:
        """The base name of a text object's font."""
        name = c.create_string_buffer(128)
        font = raw.FPDFTextObj_GetFont(_typed(address))
        if font:
            raw.FPDFFont_GetBaseFontName(font, name, 128)
        return name.value.decode("utf-8", "replace")

    def angle(self, char: Char) -> float:
        """The direction of a character's line in user space, counter-clockwise; a slant (false italics) does not count."""
        m = raw.FS_MATRIX()
        if not raw.FPDFText_GetMatrix(self._text, char.index, c.byref(m)):
            return char.angle
        return math.atan2(m.b, m.a)

    def render(self, scale: float, crop: Box | None = None, colour: bool = True) -> np.ndarray:
        """The page (or a part of it) as an array: height × width × 3 (RGB), or height × width if not `colour`."""
        cut = (0, 0, 0, 0)
        if crop:
            cut = (max(0, crop.x0), max(0, self.height - crop.bottom), max(0, self.width - crop.x1), max(0, crop.top))
        bitmap = self._page.render(scale=scale, crop=cut, grayscale=not colour, rev_byteorder=colour,
                                   may_draw_forms=bool(self._forms))
        picture = bitmap.to_numpy()
        if colour and picture.ndim == 3:
            picture = picture[:, :, :3]
        return np.ascontiguousarray(picture.reshape(picture.shape[:2]) if not colour else picture)

    def widgets(self) -> Iterator[Widget]:
        """Form fields and annotations."""
        for i in range(min(raw.FPDFPage_GetAnnotCount(self._page.raw), MAX_OBJECTS)):
            annotation = raw.FPDFPage_GetAnnot(self._page.raw, i)
            if annotation:
                try:
                    yield self._widget(annotation)
                finally:
                    raw.FPDFPage_CloseAnnot(annotation)

    def _widget(self, annotation: Any) -> Widget:
        rect = raw.FS_RECTF()
        raw.FPDFAnnot_GetRect(annotation, c.byref(rect))
        box = self._box(rect.left, rect.bottom, rect.right, rect.top)
        hidden = bool(raw.FPDFAnnot_GetFlags(annotation) & (raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW))
        subtype = raw.FPDFAnnot_GetSubtype(annotation)
        if subtype == raw.FPDF_ANNOT_WIDGET and self._forms:
            kind = _FIELD.get(raw.FPDFAnnot_GetFormFieldType(self._forms.raw, annotation), "other")
            read = lambda function: _wide(lambda b, n: function(self._forms.raw, annotation, b, n))     # noqa: E731
            return Widget(kind, box, read(raw.FPDFAnnot_GetFormFieldValue),
                          bool(raw.FPDFAnnot_IsChecked(self._forms.raw, annotation)), hidden,
                          read(raw.FPDFAnnot_GetFormFieldName))
        text = _wide(lambda b, n: raw.FPDFAnnot_GetStringValue(annotation, b"Contents", b, n))
        return Widget(_NOTE.get(subtype, "other"), box, text, hidden=hidden)


_FIELD = {raw.FPDF_FORMFIELD_TEXTFIELD: "text", raw.FPDF_FORMFIELD_CHECKBOX: "check", raw.FPDF_FORMFIELD_RADIOBUTTON: "radio",
          raw.FPDF_FORMFIELD_COMBOBOX: "choice", raw.FPDF_FORMFIELD_LISTBOX: "choice",
          raw.FPDF_FORMFIELD_PUSHBUTTON: "button", raw.FPDF_FORMFIELD_SIGNATURE: "signature"}
_NOTE = {raw.FPDF_ANNOT_FREETEXT: "free", raw.FPDF_ANNOT_TEXT: "note", raw.FPDF_ANNOT_STRIKEOUT: "strike",
         raw.FPDF_ANNOT_STAMP: "stamp", raw.FPDF_ANNOT_LINK: "link", raw.FPDF_ANNOT_POPUP: "link"}


def _typed(address: int) -> Any:
    return c.cast(address, raw.FPDF_PAGEOBJECT)


def _times(m: Matrix, n: Matrix) -> Matrix:
    """First m, then n."""
    return (m[0] * n[0] + m[1] * n[2], m[0] * n[1] + m[1] * n[3], m[2] * n[0] + m[3] * n[2], m[2] * n[1] + m[3] * n[3],
            m[4] * n[0] + m[5] * n[2] + n[4], m[4] * n[1] + m[5] * n[3] + n[5])


def _scale(m: Matrix) -> float:
    return abs(m[0] * m[3] - m[1] * m[2]) ** 0.5


def _wide(read: Any) -> str:
    """A string from a function that wants a buffer and its length in bytes (UTF-16)."""
    size = read(None, 0)
    if size <= 2:
        return ""
    buffer = (c.c_ushort * (size // 2 + 1))()
    read(buffer, size)
    return bytes(buffer)[:size - 2].decode("utf-16-le", "replace").rstrip("\0")
