"""Telephone numbers and e-mail addresses in one way of writing."""

import re
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.forms.contacts import clean_email, clean_phone


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("13800000000", "13800000000"),
        ("138 0000 0000", "13800000000"),
        ("+86 138-0000-0000", "13800000000"),
        ("0086 13800000000", "13800000000"),
        ("8613800000000", "13800000000"),
        ("１３８００００００００", "13800000000"),
        ("0837-2822233", "0837-2822233"),
        ("(0837) 2822233", "0837-2822233"),
        ("（０８３７）２８２２２３３", "0837-2822233"),
        ("+86 837 2822233", "0837-2822233"),
        ("010-62345678", "010-62345678"),
        ("+86 10 62345678", "010-62345678"),
        ("028 8765 4321 转 12", "028-87654321-12"),
        ("0837-2822233-12", "0837-2822233-12"),
        ("0837–2822233", "0837-2822233"),
        ("400-123-4567", "4001234567"),
        ("+86 400 123 4567", "4001234567"),
        ("+49 30 123456", "+4930123456"),
        ("0044 20 7946 0000", "+442079460000"),
    ],
)
def test_a_number_is_written_one_way(written: str, clean: str) -> None:
    assert clean_phone(written) == clean
    assert clean_phone(clean) == clean


@pytest.mark.parametrize(
    "written",
    [
        *("", "2822233", "12345", "110", "1380000000", "138000000000", "12800000000"),
        *("0837-282", "0837-1822233", "none", "13800000000 13900000000", "+86", "+0123456789"),
        *("13800000000<script>", "1e10", "٠١٢٣٤٥٦٧٨٩", "13800000000;ext=1", "+" + "9" * 16),
    ],
)
def test_what_is_no_number_is_refused(written: str) -> None:
    assert clean_phone(written) is None


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("name@example.org", "name@example.org"),
        ("First.Last+tag@Example.ORG", "First.Last+tag@example.org"),
        ("zhang@例子.中国", "zhang@xn--fsqu00a.xn--fiqs8s"),
        ("zhang@例子。中国", "zhang@xn--fsqu00a.xn--fiqs8s"),
        ("a@mail.sub.example.cn", "a@mail.sub.example.cn"),
    ],
)
def test_an_address_is_written_one_way(written: str, clean: str) -> None:
    assert clean_email(written) == clean
    assert clean_email(clean) == clean


@pytest.mark.parametrize(
    "written",
    [
        *("", "a", "@", "a@", "@b.cn", "a@b", "a b@c.cn", "a@b..cn", ".a@b.cn", "a.@b.cn"),
        *("a..b@c.cn", "a@-b.cn", "a@b-.cn", "a@1.2.3.4", "a@[1.2.3.4]", "a@b.123"),
        *("a@b.cn,c@d.cn", "a@b.cn;c@d.cn", "a@b.cn c@d.cn", "a@b@c.cn", "<a@b.cn>"),
        *('"a b"@c.cn', "张三@example.org", "Name <a@b.cn>", "a@b.cn\n", "a\r\n@b.cn"),
        *("a@b.cn\r\nBcc: x@example.com", "a\x00@b.cn", "a@b\u2028.cn", "a@b.cn\u0085"),
        *("=?utf-8?q?a?=@b.cn", "=?UTF-8?Q?Hi=0D=0ABcc:_x@example.com?=", "a(comment)@b.cn"),
        *("a%b@c.cn", "a@b_c.cn", f"{'a' * 65}@b.cn", f"a@{'b' * 64}.cn"),
        *(f"a@{'b.' * 130}cn", "a@" + "例" * 80 + ".cn", "a@\u00ad.cn", "a@xn--a.例"),
    ],
)
def test_what_is_not_one_plain_address_is_refused(written: str) -> None:
    assert clean_email(written) is None


@given(
    st.one_of(
        st.text(),
        st.from_regex(r"[^@]{1,20}@[^@]{1,20}\.[a-z]{2,3}", fullmatch=True),
        st.from_regex(r"[a-z!#=?/*'`{}~^.-]{1,12}@[a-z例子.-]{1,12}", fullmatch=True),
    )
)
def test_an_address_that_is_taken_is_safe_in_a_header(written: str) -> None:
    address = clean_email(written)
    if address is None:
        return
    assert re.fullmatch(r"[!-~]+@[a-z0-9.-]+", address)
    assert not re.search(r'[,;:<>()\[\]\\"\s]', address)
    message = EmailMessage(policy=SMTP)
    message["Reply-To"] = address
    assert len(message["Reply-To"].addresses) == 1
    assert message["Reply-To"].addresses[0].addr_spec == address
    assert bytes(message).count(b"\r\n") == 2
