import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from domain.faq import Entry, Hit, Thresholds, decide
from loa.cli import app
from loa.commands import ask
from loa.commands.ask import Found
from tests.loa.conftest import Paper
from tests.stage import make_house

ASKED = "bao giờ họp chợ phiên ở xã"
UNITS = "code;name;level;parent_code\nT;Tỉnh Một;tỉnh;\nX1;Xã Một;xã;T\n"
OWN = f"question;answer;source;unit_code\n{ASKED};Chủ nhật.;Xã Một;X1\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Settings whose database cannot be had."""
    path = tmp_path / "config.yaml"
    path.write_text(f"database_url: sqlite:///{tmp_path}/config.yaml/none\n", "utf-8")
    return path


def run(config: Path, *line: str) -> Result:
    return CliRunner().invoke(app, ["--config", str(config), "ask", *line], env={"COLUMNS": "200"})


def test_a_question_of_the_faq_is_answered_with_its_source(config: Path) -> None:
    entry = make_house().faq.shipped[0]
    result = run(config, entry.question)
    assert result.exit_code == 0
    for part in (entry.question, entry.answer.splitlines()[0], f"Nguồn: {entry.source}", entry.id):
        assert part in result.stdout
    assert not list(config.parent.glob("*.sqlite3"))


def test_json_holds_the_answer_and_the_hits(config: Path) -> None:
    entry = make_house().faq.shipped[0]
    told = json.loads(run(config, "--json", entry.question).stdout)
    assert (told["question"], told["decision"]) == (entry.question, "answer")
    assert told["entries"] == "shipped"
    assert (told["entry"], told["answer"], told["source"]) == (entry.id, entry.answer, entry.source)
    assert told["hits"][0]["entry"] == entry.id
    assert told["hits"][0]["question"] == entry.question
    assert told["score"] == told["hits"][0]["score"] > 0.9


def test_what_is_not_known_is_said_and_exits_with_1(config: Path) -> None:
    result = run(config, "zzzz qqqq")
    assert result.exit_code == 1
    assert "Chưa có câu trả lời" in result.stdout
    told = json.loads(run(config, "zzzz qqqq", "--json").stdout)
    assert (told["decision"], told["entry"], told["answer"], told["source"]) == (
        "unknown",
        None,
        None,
        None,
    )


@pytest.mark.parametrize("question", ["", "?!"])
def test_a_question_needs_words(config: Path, question: str) -> None:
    result = run(config, question)
    assert result.exit_code == 2
    assert "at least one word" in result.stderr


def offered() -> Found:
    entry = Entry("muc-1", "t", "Câu [b]một[/b] <b>?", "Đáp.", "Nguồn.")
    hits = [Hit(entry, 0.43219, "câu một")]
    return Found("câu một", hits, decide(hits, Thresholds(0.9, 0.3)), whole=True)


@pytest.fixture
def stocked(tmp_path: Path) -> Path:
    """Settings whose database has a unit with an answer of its own."""
    path = tmp_path / "config.yaml"
    path.write_text(f"database_url: sqlite:///{tmp_path}/loa.sqlite3\n", "utf-8")
    (tmp_path / "units.csv").write_text(UNITS, "utf-8")
    (tmp_path / "faq.csv").write_text(OWN, "utf-8")
    for noun, name in (("units", "units.csv"), ("faq", "faq.csv")):
        line = ["--config", str(path), noun, "import", str(tmp_path / name)]
        assert CliRunner().invoke(app, line).exit_code == 0
    return path


def test_what_people_made_is_found_where_it_holds(stocked: Path) -> None:
    told = json.loads(run(stocked, "--json", "--unit", "X1", ASKED).stdout)
    assert (told["entries"], told["answer"]) == ("all", "Chủ nhật.")
    elsewhere = json.loads(run(stocked, "--json", "--unit", "T", ASKED).stdout)
    assert (elsewhere["entries"], elsewhere["answer"]) == ("all", None)
    assert "do cán bộ thêm" in run(stocked, ASKED).stdout


def test_a_unit_must_be_known(stocked: Path) -> None:
    result = run(stocked, "--unit", "X9", ASKED)
    assert result.exit_code == 2
    assert "there is no unit X9" in result.stderr


def test_a_unit_needs_the_database(config: Path) -> None:
    result = run(config, "--unit", "X1", ASKED)
    assert result.exit_code == 2
    assert "needs the database" in result.stderr


def test_a_file_that_is_no_database_of_ours_is_left_alone(tmp_path: Path) -> None:
    path, database = tmp_path / "config.yaml", tmp_path / "other.sqlite3"
    path.write_text(f"database_url: sqlite:///{database}\n", "utf-8")
    database.write_bytes(b"")
    result = run(path, ASKED)
    assert result.exit_code == 1
    assert "Chỉ tìm trong các mục có sẵn" in result.stdout


def test_what_is_near_is_offered(paper: Paper) -> None:
    ask.show(offered(), paper.screen)
    assert "bot sẽ hỏi lại" in paper.text
    assert "0.432" in paper.text
    assert "Câu [b]một[/b] <b>?" in paper.text
    told = ask.as_data(offered())
    assert (told["decision"], told["score"], told["entry"]) == ("offer", 0.432, None)
