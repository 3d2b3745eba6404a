"""What a document tells of itself: forms of official documents give values, everything else gives none.

All documents here were written for these tests; bodies, places and numbers are invented where they are not general.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.bodies import named, of_title
from knowledge.dates import iso, last_day
from knowledge.document import Document
from knowledge.metadata import Metadata, completed, described, stated_title

if TYPE_CHECKING:
    from collections.abc import Callable

NOTICE = """青川市人力资源和社会保障局 青川市财政局关于印发《青川市技能培训补贴办法》的通知
青人社发〔2021〕12号

各县（区）人力资源和社会保障局、财政局，各有关单位：

现将《青川市技能培训补贴办法》印发给你们，请认真贯彻执行。

青川市人力资源和社会保障局　　青川市财政局
2021年12月20日

青川市技能培训补贴办法

第一条 为了规范补贴，制定本办法。
第二条 培训合格证书有效期3年，自2021年6月1日起执行的旧标准同时停用。
第三条 本办法自2022年1月1日起施行，有效期5年。"""

TITLE = NOTICE.partition("\n")[0]


def told(title: str, text: str) -> dict[str, str]:
    metadata = described(title, text)
    return {name: value for name in Metadata.__slots__ for value in [getattr(metadata, name)] if value is not None}


class TestWholeDocuments:
    def test_a_notice_over_lines(self) -> None:
        """Five years from 1 January 2022 end on 31 December 2026; the certificate's term is not the document's."""
        assert told(TITLE, NOTICE) == {
            "issuer": "青川市人力资源和社会保障局、青川市财政局",
            "number": "青人社发〔2021〕12号",
            "addressee": "各县（区）人力资源和社会保障局、财政局，各有关单位",
            "written": "2021-12-20",
            "effective": "2022-01-01",
            "expires": "2026-12-31",
        }

    def test_the_same_notice_in_one_line(self) -> None:
        assert told(TITLE, " ".join(NOTICE.split())) == told(TITLE, NOTICE)

    def test_a_page_with_a_labelled_head(self) -> None:
        text = (
            "索 引 号：Q01-2020-7　主题分类：就业\n发文机关：青川市人民政府　成文日期：2020年03月02日\n"
            "标　　题：关于稳定就业的意见\n发文字号：青政发〔2020〕7号　发布日期：2020年03月05日\n有 效 性：现行有效\n\n"
            "关于稳定就业的意见\n\n各区人民政府：\n稳定就业。"
        )
        assert stated_title(text) == "关于稳定就业的意见"
        assert told("关于稳定就业的意见", text) == {
            "issuer": "青川市人民政府",
            "number": "青政发〔2020〕7号",
            "written": "2020-03-02",
            "published": "2020-03-05",
            "validity": "现行有效",
            "addressee": "各区人民政府",
        }

    def test_a_regulation_with_its_note_of_promulgation(self) -> None:
        text = "青川条例\n（2019年12月30日青川市人民政府令第35号公布　自2020年5月1日起施行）\n第一条 为了规范，制定本条例。"
        assert told("青川条例", text) == {
            "number": "青川市人民政府令第35号",
            "published": "2019-12-30",
            "effective": "2020-05-01",
        }

    def test_a_news_item_that_tells_of_a_notice_has_no_issuer(self) -> None:
        text = (
            "青川市人社局印发通知支持技能培训 发布时间：2021-12-22 青川日报讯（记者 甲乙）近日，市人社局印发《关于支持技能培训的通知》"
            "（青人社发〔2021〕12号），自2022年1月1日起实施补贴。 青川市人社局 2021年12月20日"
        )
        assert told("青川市人社局印发通知支持技能培训", text) == {"published": "2021-12-22"}

    @pytest.mark.parametrize(
        "title", ["《技能培训补贴办法》解读", "市人社局负责人就补贴办法答记者问", "一图读懂补贴办法"]
    )
    def test_an_explanation_of_a_document_is_not_the_document(self, title: str) -> None:
        assert told(title, f"{title}\n青人社发〔2021〕12号自公布起施行。\n青川市人社局\n2021年12月20日") == {}

    @pytest.mark.parametrize(
        "title",
        [
            "产品质量抽查结果发布管理办法",
            "推动外贸稳定增长若干措施",
            "新闻记者培训工作规定",
            "关于举办新闻发布会的通知",
        ],
    )
    def test_words_of_news_in_the_title_of_a_document_do_not_make_it_news(self, title: str) -> None:
        text = f"{title}\n青政发〔2021〕3号\n为做好记者培训工作，制定本规定。\n青川市人民政府\n2021年2月3日"
        assert told(title, text) == {"issuer": "青川市人民政府", "number": "青政发〔2021〕3号", "written": "2021-02-03"}

    def test_what_a_document_has_already_stays(self) -> None:
        document = Document("a", TITLE, NOTICE, issuer="甲", written="2000-01-01")
        filled = completed(document)
        assert (filled.issuer, filled.written, filled.number) == ("甲", "2000-01-01", "青人社发〔2021〕12号")
        assert filled.text == NOTICE


class TestNumbers:
    @pytest.mark.parametrize(
        "number",
        [
            "国发〔2018〕11号",
            "鄂人社发[2020]5号",
            "国卫办医函【2020】146号",
            "青政（2020）第3号",
            "青川市人民政府令第735号",
            "财政部公告2020年第10号",
        ],
    )
    def test_a_number_by_itself_under_the_title(self, number: str) -> None:
        assert told("关于做好培训的通知", f"关于做好培训的通知\n{number}\n各单位：\n请做好培训。")["number"] == number

    @pytest.mark.parametrize(
        ("title", "number"),
        [
            ("青川市防汛指挥部通告（第8号）", "第8号"),
            ("青川市人民政府公告（2020）第3号", "青川市人民政府公告（2020）第3号"),
            ("青政发〔2020〕3号-青川市人民政府关于印发办法的通知", "青政发〔2020〕3号"),
        ],
    )
    def test_a_number_in_the_title(self, title: str, number: str) -> None:
        assert told(title, f"{title} 现就有关事项通告如下。")["number"] == number

    @pytest.mark.parametrize(
        "text",
        [
            "根据《办法》（国发〔2018〕11号）要求，做好培训。",
            "根据财政部公告2020年第10号，做好培训。",
            "做好培训。\n附件\n青人社发〔2021〕12号",
        ],
    )
    def test_the_number_of_another_document_is_not_its_own(self, text: str) -> None:
        assert "number" not in told("关于做好培训的通知", f"关于做好培训的通知\n{text}")


class TestSignatures:
    @pytest.mark.parametrize(
        ("foot", "issuer", "written"),
        [
            ("青川市人民政府\n二〇二〇年二月三日", "青川市人民政府", "2020-02-03"),
            ("青川市人民政府（盖章）\n2020 年 2 月 13 日", "青川市人民政府", "2020-02-13"),
            ("青 川 市 人 民 政 府\n2020年2月3日", "青川市人民政府", "2020-02-03"),
            ("青川市财政局 青川市教育局 2020年2月3日\n（此件公开发布）", "青川市财政局、青川市教育局", "2020-02-03"),
            ("青川市水利局青川市林业局\n二○二○年十二月二十一日", "青川市水利局、青川市林业局", "2020-12-21"),
            ("青川市防汛抗旱工作\n领导小组办公室\n2020年2月3日", "青川市防汛抗旱工作领导小组办公室", "2020-02-03"),
        ],
    )
    def test_bodies_and_the_date_at_the_foot(self, foot: str, issuer: str, written: str) -> None:
        metadata = described("关于做好培训的通知", f"关于做好培训的通知\n请做好培训。\n{foot}")
        assert (metadata.issuer, metadata.written) == (issuer, written)

    def test_the_body_of_the_title_where_only_the_date_is_signed(self) -> None:
        title = "青川市人民政府办公室关于做好培训的通知"
        assert told(title, f"{title}\n请做好培训。\n2020年2月3日\n（此件公开发布）") == {
            "issuer": "青川市人民政府办公室",
            "written": "2020-02-03",
        }

    def test_bodies_that_the_title_only_counts_are_not_passed_off_as_one(self) -> None:
        title = "青川市财政局等三部门关于做好培训的通知"
        assert told(title, f"{title}\n请做好培训。\n2020年2月3日")["issuer"] == "青川市财政局等三部门"
        signed = f"{title}\n请做好培训。\n青川市财政局 青川市教育局 青川市水利局\n2020年2月3日"
        assert told(title, signed)["issuer"] == "青川市财政局、青川市教育局、青川市水利局"

    def test_the_bodies_a_text_ends_with_sign_it_without_a_date_too(self) -> None:
        assert told("关于做好培训的通知", "关于做好培训的通知\n请做好培训。\n青川市财政局") == {
            "issuer": "青川市财政局"
        }

    def test_a_signature_of_an_annex_by_another_body_is_not_taken(self) -> None:
        title = "青川市人民政府关于转发规则的通知"
        text = f"{title}\n现予转发。\n附件\n规则如下。\n国家标准委员会\n2001年1月1日"
        assert told(title, text) == {"issuer": "青川市人民政府"}

    @pytest.mark.parametrize(
        "text",
        [
            "截至2020年2月3日，培训一万人。",
            "培训自2020年2月3日 开始。",
            "请于\n2020年2月3日\n前报送。",
            "青川市财政局 2020年2月3日印发",
        ],
    )
    def test_a_date_in_running_text_is_no_signature(self, text: str) -> None:
        assert "written" not in told("关于做好培训的通知", f"关于做好培训的通知\n请做好培训。{text}")

    @pytest.mark.parametrize(
        ("title", "issuers"),
        [
            ("财政部 税务总局关于减税的公告", ("财政部", "税务总局")),
            ("人力资源社会保障部办公厅、财政部办公厅关于培训的通知", ("人力资源社会保障部办公厅", "财政部办公厅")),
            ("关于培训的通知", ()),
            ("进一步加强培训工作关于资金的通知", ()),
        ],
    )
    def test_bodies_of_a_title(self, title: str, issuers: tuple[str, ...]) -> None:
        assert of_title(title) == issuers

    def test_a_list_with_a_part_that_is_no_body_is_none(self) -> None:
        assert named("青川市财政局、三项措施") == ()


class TestAddressees:
    @pytest.mark.parametrize(
        "addressee",
        [
            "各市、县（区）人民政府，省政府各部门",
            "青川市人民政府",
            "各有关单位",
            "各省、自治区、直辖市及新疆生产建设兵团卫生健康委",
        ],
    )
    @pytest.mark.parametrize("gap", ["\n", " "])
    def test_bodies_before_a_colon(self, addressee: str, gap: str) -> None:
        text = gap.join(("关于做好培训的通知", f"{addressee}：", "请做好培训。"))
        assert told("关于做好培训的通知", text)["addressee"] == addressee

    @pytest.mark.parametrize(
        "lead", ["现将有关事项通知如下", "尊敬的纳税人", "联系电话", "广大市民朋友", "第五条 土地分为下列各区"]
    )
    def test_other_words_before_a_colon_address_nobody(self, lead: str) -> None:
        assert "addressee" not in told("关于做好培训的通知", f"关于做好培训的通知\n{lead}：\n请做好培训。")


class TestTerms:
    @pytest.mark.parametrize(
        ("sentence", "effective", "expires"),
        [
            ("本通知自2022年1月1日起施行。", "2022-01-01", None),
            ("十、自2022年1月1日起执行。", "2022-01-01", None),
            ("本办法自2022年1月1日起施行，有效期至2025年12月31日。", "2022-01-01", "2025-12-31"),
            ("本办法自2022年1月1日起施行，有效期为两年。", "2022-01-01", "2023-12-31"),
            ("本办法自2020年2月29日起试行，试行期一年。", "2020-02-29", "2021-02-28"),
            ("本办法自2022年3月1日起施行，有效期6个月。", "2022-03-01", "2022-08-31"),
            ("本通知自2022年1月1日起至2022年12月31日止执行。", "2022-01-01", "2022-12-31"),
            ("本办法自印发之日起施行，有效期5年。", None, None),
            ("本办法有效期至2025年12月31日。", None, "2025-12-31"),
            ("本办法由市人社局负责解释，自2022年1月1日起施行。", "2022-01-01", None),
            ("本办法规定的补贴标准自2022年1月1日起执行。", None, None),
            ("《某某条例》自2022年1月1日起施行。", None, None),
            ("财税部门明确自2022年1月1日起实施一系列政策。", None, None),
            ("证书自2022年1月1日起生效，有效期3年。", None, None),
            ("本办法自2022年1月1日起施行。本细则自2022年5月1日起施行。", None, None),
        ],
    )
    def test_from_when_to_when(self, sentence: str, effective: str | None, expires: str | None) -> None:
        metadata = described("关于做好培训的通知", f"关于做好培训的通知\n请做好培训。\n{sentence}")
        assert (metadata.effective, metadata.expires) == (effective, expires)

    @pytest.mark.parametrize(
        ("first", "length", "last"),
        [
            ("2022-01-01", {"years": 5}, "2026-12-31"),
            ("2022-07-15", {"years": 1}, "2023-07-14"),
            ("2020-02-29", {"years": 1}, "2021-02-28"),
            ("2022-01-31", {"months": 1}, "2022-02-28"),
            ("9000-01-01", {"years": 1000}, None),
        ],
    )
    def test_the_last_day_is_the_one_before_the_anniversary(
        self, first: str, length: dict[str, int], last: str | None
    ) -> None:
        assert last_day(first, **length) == last


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2020年2月3日", "2020-02-03"),
        ("2020年2月7 日", "2020-02-07"),
        ("2020-02-03", "2020-02-03"),
        ("2020/2/3", "2020-02-03"),
        ("二〇二〇年二月三日", "2020-02-03"),
        ("二零一九年十一月三十日", "2019-11-30"),
        ("一九九八年十月二十一日", "1998-10-21"),
        ("２０２０年２月３日", "2020-02-03"),
        ("2020年13月3日", None),
        ("二〇二〇年二月三十日", None),
        ("2020年", None),
    ],
)
def test_dates_as_documents_write_them(written: str, day: str | None) -> None:
    assert iso(written) == day


@given(st.text(alphabet="各市局关于的通知〔2020〕号年月日：。，、（） \n自起施行有效期本办法一二〇令第", max_size=120))
@settings(max_examples=300, deadline=None)
def test_any_text_is_described_and_dates_are_in_the_calendar(text: str) -> None:
    metadata = described(text[:20], text)
    for day in (metadata.published, metadata.written, metadata.effective, metadata.expires):
        assert day is None or iso(day) == day


HOSTILE: tuple[Any, ...] = (
    *("技", " ", "\n", "（", "第", "1", "各", "："),
    *("2020年", "本办法", "公告", "〔2020〕", "标题：", "某某市", "各市：", "局 "),
    *("自2020年1月1日起", "。 某局 2020年1月1日", "2020-01-01 ", "某局 " * 60 + "2020年1月1日", "有效期至2020年1月1日"),
)


@pytest.mark.parametrize("unit", HOSTILE, ids=lambda unit: repr(unit[:10]))
def test_time_is_bounded(unit: str, bounded: Callable[..., None]) -> None:
    text = (unit * 200_000)[:200_000]
    bounded(5, described, text[:3000], text)
