import pytest

from domain.faq.reading import read_words
from domain.faq.restoring import Restorer, typed_marks

TEXTS = [
    "Quên mật khẩu VNeID thì làm thế nào?",
    "Mật khẩu của tôi bị khóa, lấy lại mật khẩu ở đâu?",
    "Đăng ký tài khoản dịch vụ công",
    "Tôi bán hàng ở chợ, muốn dán mã QR",
    "Có bạn bè rủ đầu tư",
    "ma qr khong dau",
]


@pytest.mark.parametrize(
    ("typed", "restored"),
    [
        ("quen mat khau", "quên mật khẩu"),
        ("lay lai mat khau o dau", "lấy lại mật khẩu ở đâu"),
        ("dang ky tai khoan", "đăng ký tài khoản"),
        ("ban hang", "bán hàng"),
        ("ban be", "bạn bè"),
        ("mat khau zalo", "mật khẩu zalo"),
        ("quên mat khau", "quên mat khau"),  # who sets marks means the words without
        ("", ""),
    ],
)
def test_marks_are_put_back_where_none_were_typed(typed: str, restored: str) -> None:
    words = Restorer(TEXTS).restore(read_words(typed), typed_marks(typed))
    assert " ".join(words) == restored


def test_what_was_written_out_for_a_short_form_gets_its_marks() -> None:
    written_out = read_words("quên mật khẩu")
    assert Restorer(TEXTS).restore(written_out, typed_marks("quên mk")) == ["quên", "mật", "khẩu"]


def test_a_new_text_is_learned() -> None:
    restorer = Restorer(TEXTS)
    restorer.learn("Căn cước công dân")
    assert restorer.restore(["can", "cuoc"], {}) == ["căn", "cước"]
