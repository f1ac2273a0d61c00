"""The notice as data: it loads, and what is wrong in it is listed with its file."""
import shutil
from pathlib import Path

import pytest

from carelib import catalogue
from carelib.records import FORMS, CatalogueError


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(catalogue.HERE, tmp_path / "notice"))


def test_the_catalogue_holds_together() -> None:
    notice = catalogue.load()
    assert set(notice.forms) == set(FORMS)
    assert notice.forms["absent_list"].fields["student_name"].required
    assert notice.label("reason", "R01") == "厌学/学习困难"


def test_every_fault_is_listed_with_its_file(copy: Path) -> None:
    (copy / "codes" / "reason.csv").write_text("code,label,synonyms,ambiguous\nR01,厌学,打工,\nR03,打工,,\n", "utf-8-sig")
    (copy / "codes" / "gender.csv").unlink()
    (copy / "rules" / "zz.toml").write_text('[[rule]]\nid="D1-x"\nclause="九.9"\nform="absent_list"\nconsequence="shout"\ntitle="t"\n'
                                            'kind="observed"\nsentence="s"\nremedy="r"\n', "utf-8")
    with pytest.raises(CatalogueError) as fault:
        catalogue.load(copy)
    text = str(fault.value)
    assert "reason.csv" in text and "gender.csv" in text and "九.9" in text and "return_form" in text


def test_a_synonym_of_an_unknown_field_is_a_fault(copy: Path) -> None:
    with (copy / "synonyms.csv").open("a", encoding="utf-8") as out:
        out.write("absent_list,left_dat,离校\n")
    with pytest.raises(CatalogueError, match="left_dat"):
        catalogue.load(copy)


def test_labels_compare_without_blanks_width_and_case() -> None:
    assert catalogue.fold("姓　名\n（必填）") == catalogue.fold("姓名(必填)")
