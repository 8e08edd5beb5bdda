"""The words of the summary, Chinese and English: what a status means, and which rule sets a due date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from archive.clock import china_text
from extract.counting import counted

Words = tuple[str, str]
"""A text in Chinese and in English."""

STATUS: Mapping[str, Words] = {
    "not_due": ("未到期", "not due yet"),
    "on_time": ("按时公布", "on time"),
    "on_time_claimed": ("自称按时公布", "on time by its own date"),
    "backdated_suspect": ("疑似倒填日期", "possibly back-dated"),
    "late": ("逾期公布", "late"),
    "missing": ("未公布", "missing"),
    "unknown": ("无法判断", "unknown"),
    "blocked": ("无法访问", "blocked"),
    "exempt": ("无公布义务", "exempt"),
}

KINDS: Mapping[str | None, Words] = {
    "state_council_dept": ("国务院部门", "department of the State Council"),
    "local_dept": ("地方政府部门", "department of a local government"),
    "gov_office": ("政府办公厅（室）", "office of a government"),
    "region_gov": ("县级以上地方人民政府", "government of a region"),
    "township_gov": ("乡镇人民政府", "township government"),
    "subdistrict": ("街道办事处", "sub-district office"),
    "zone": ("开发区管理机构", "administration of a zone"),
    "vertical": ("垂直管理部门", "vertically managed agency"),
    "authorised_org": ("法律法规授权组织", "authorised organisation"),
    None: ("类别未登记", "of unknown kind"),
}

SCOPES: Mapping[str, Words] = {
    "organ": ("本机关", "the organ itself"),
    "organ_and_departments": ("本机关及所属部门", "the organ and its departments"),
    "region": ("本行政区域", "the whole region"),
    "system": ("本系统", "the whole system"),
}


def basis(claims: Mapping[str, Any]) -> Words:
    """Which rule sets the due date (domain guide §1.1, §1.2), in our own words."""
    kind, year = claims["agency"]["kind"], claims["year"]
    if year < 2019:
        return (
            "《政府信息公开条例》（国务院令第492号，2008年施行）第三十一条：各级行政机关于每年3月31日前公布上一年度的年度报告。",
            "Regulations on Open Government Information (decree 492 of the State Council, in force since "
            "2008), art. 31: every administrative organ publishes by 31 March.",
        )
    law = "《政府信息公开条例》（国务院令第711号，2019年修订）"
    decree = (
        "Regulations on Open Government Information (decree 711 of the State Council, revised 2019)"
    )
    if kind == "region_gov":
        return (
            f"{law}第四十九条第二款：本级政府的年度报告由其政府信息公开工作主管部门于每年3月31日前公布（法定期限）。",
            f"{decree}, art. 49(2): the report of a government at county level or above is published by "
            "31 March (statutory).",
        )
    if claims["due"]["basis"] == "statutory":
        like = "（办公厅（室）本机关报告参照适用）" if kind == "gov_office" else ""
        as_well = "; applied to offices of governments as well" if kind == "gov_office" else ""
        return (
            f"{law}第四十九条第一款：政府部门的年度报告于每年1月31日前公布（法定期限）{like}。",
            f"{decree}, art. 49(1): departments publish by 31 January (statutory{as_well}).",
        )
    return (
        f"{law}第四条、第五十条要求编制年度报告，但第四十九条未规定此类机关的公布日期；此处日期为惯例或地方规定，并非法定期限。",
        f"{decree}: art. 4 and 50 ask for a report, but art. 49 names no date for this kind of agency; the "
        "date is customary or local, not statutory.",
    )


def why(claims: Mapping[str, Any]) -> Words:
    """Why the status is what it is."""
    shown, day = claims["displayed_date"], claims["due"]["day"]
    first = at(claims["first_seen"])
    absent = at(claims["last_absent"])
    match claims["status"]:
        case "on_time":
            return (
                f"我们于{first}看到该报告，期限（{day}）未过。",
                f"We saw the report on {first}, before the due day {day} was over.",
            )
        case "on_time_claimed":
            return (
                f"页面标注日期为{shown}，在期限（{day}）之内；但我们首次看到是在{first}，无法证实其当时已公布。",
                f"The page shows {shown}, which is in time (due {day}); we first saw it on {first}, so "
                "nobody proves that it was there by then.",
            )
        case "backdated_suspect":
            return (
                f"页面标注日期为{shown}，但我们于{absent}完整读取该栏目时尚无此报告。",
                f"The page shows {shown}, but the column, read in full on {absent}, did not have the report.",
            )
        case "late" if shown and shown > day:
            return (
                f"页面自身标注的日期{shown}晚于期限{day}，逾期{claims['days_late']}天。",
                f"The page itself shows {shown}, {counted(claims['days_late'], 'day')} after the due day {day}.",
            )
        case "late":
            return (
                f"期限（{day}）过后，我们于{absent}完整读取该栏目时尚无此报告，至{first}才首次看到；至少逾期{claims['days_late']}天。",
                f"After the due day {day} the column, read in full on {absent}, did not have the report; it "
                f"was first seen on {first}: at least {counted(claims['days_late'], 'day')} late.",
            )
        case "missing":
            number = len({look["started_at"][:10] for look in claims["looks"]})
            return (
                f"期限（{day}）过后，我们在下列{number}天完整读取了该机关公布年度报告的栏目，均未见此报告。",
                f"After the due day {day} the column where this agency publishes was read in full on the "
                f"{counted(number, 'day')} below, and the report was not there.",
            )
        case "blocked":
            return (
                f"网站拒绝了我们的访问，因此我们无从得知报告是否公布。这不是对该机关的指责。（{claims['reason_zh']}）",
                "The site refuses our visits, so we do not know whether the report was published. Nobody is "
                f"accused. ({claims['reason']})",
            )
        case "unknown":
            return (
                f"我们未能查明报告是否按时公布。原因在于我们的观察不足或技术故障，不是对该机关的指责。（{claims['reason_zh']}）",
                "We could not find out whether the report was published in time. This is a failure of ours "
                f"or of the connection, and nobody is accused. ({claims['reason']})",
            )
        case "not_due":
            return f"期限为{day}，尚未届满。", f"It is due on {day}, which is not over."
        case _:
            return (
                f"该机关无须公布这一年度的报告。（{claims['reason_zh']}）",
                f"This agency owes no report for the year. ({claims['reason']})",
            )


def at(text: str | None) -> str:
    """A time as people in China write it."""
    return china_text(datetime.fromisoformat(text)) if text else ""
