"""The narrative of a report, in sentences of our own that differ from agency to agency and year to year.

Numbers in the text are those of the tables. What the sentences tell of invented bodies is invented;
of the real townships they tell nothing but what every such body does, see :class:`Voice`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.sampleweb.figures import Figures

CLOSING = "（样例文本，由 Gongkai 项目编写，供软件演示使用，不是该机关的正式文件。）"

_OPENING = (
    "一年来，{we}把公开作为做好各项工作的常规要求，按条例规定的范围和时限办理。",
    "{year}年，{we}对照条例逐项梳理公开事项，分工到岗，按月检查。",
    "本年度，{we}围绕群众常问的事情安排公开内容，工作总体平稳。",
    "{year}年的公开工作由{we}综合岗位牵头，各业务岗位配合完成。",
    "围绕年初确定的任务，{we}全年按计划推进公开，没有发生泄密情况。",
)
_ACTIVE = (
    "财政预决算、办事流程、补贴发放名单等按目录及时上网，更正内容同时注明日期。",
    "对新发文件，在发文当周上网，并在栏目首页标明效力状态。",
    "重点公开了项目建设进度、救助政策和收费依据，纸质材料放在大厅备查。",
    "机构职能、负责人分工和联系方式如有变动，五个工作日内改正。",
    "年内把旧栏目中的失效文件移入历史库，查找比往年方便。",
    "对篇幅长的文件配了条目式说明，方便不同年龄的读者阅读。",
)
_MANAGEMENT = (
    "信息上网前由起草、审核、签发三个岗位依次把关，台账留存备查。",
    "每季度清点一次已公开信息，过期的标注，错误的更正。",
    "公文起草时同步写明公开属性，不公开的说明理由。",
    "对涉及个人的内容先作去标识处理，再行公开。",
    "修订了内部审查表，增加对附件和表格的核对。",
)
_PLATFORM = (
    "网站专栏按全国统一的名称设置，检索、下载功能正常。",
    "线下在服务窗口放置查询终端和申请表，由值班人员协助填写。",
    "专栏栏目与指南逐项对应，外链每月检测一次。",
    "年内完成专栏适老化调整，字号和对比度可自行选择。",
    "移动端与电脑端内容同源发布，避免两处不一致。",
)
_SUPERVISION = (
    "年中组织一次自查，发现的缺漏当月补齐。",
    "邀请服务对象对栏目提出意见，意见逐条回复。",
    "新到岗人员先学习条例再上岗，全年开展业务交流两次。",
    "设置监督电话和信箱，来电来信均有登记。",
    "对照上级抽查清单逐项核对，未出现逾期整改。",
)
_ASSESSMENT = (
    "公开工作已列入年度工作考核；社会评议以问卷方式进行，多数评价为满意；全年没有需要责任追究的情形。",
    "按年度工作考核办法计分，结果在内部通报；社会评议中收到的建议已采纳；本年度无责任追究事项。",
    "工作考核与年终评定挂钩；社会评议未收到负面意见；未发生需责任追究的问题。",
)
_PLAIN = {
    "opening": (
        "{year}年，{we}依照条例开展政府信息公开工作。",
        "{we}按照条例和上级部署，做好本年度的公开工作。",
        "本年度{we}继续依法公开政府信息。",
    ),
    "active": (
        "公开的内容见政府网站的专栏。",
        "按照主动公开目录发布信息。",
        "通过政府网站等渠道发布信息，便于群众了解。",
    ),
    "management": (
        "信息先审核后发布。",
        "有专人管理拟公开的信息。",
        "发布前核对内容是否准确、能否公开。",
    ),
    "platform": (
        "以县（市）政府网站为主要平台。",
        "依托上级政府网站的专栏公开。",
        "平台由县（市）政府网站统一提供。",
    ),
    "supervision": (
        "接受群众和上级机关的监督。",
        "欢迎群众对公开工作提出意见。",
        "对公开情况进行检查。",
    ),
    "assessment": (
        "工作考核、社会评议和责任追究方面没有需要报告的情况。",
        "本年度工作考核、社会评议、责任追究均无需要报告的事项。",
    ),
    "problems": (
        "信息更新的及时程度和内容的丰富程度还可提高，公开的形式偏少。",
        "工作人员的业务水平有待加强，公开的形式和渠道还不够多样。",
        "公开的质量与群众的期待相比仍有距离，与群众的互动不够经常。",
    ),
    "measures": (
        "加强学习和培训，按时更新内容，增加公开的形式，让群众看得懂、找得到。",
        "明确每个环节的责任，定期检查栏目内容，多听取群众意见，有问题及时改正。",
        "完善信息审核和更新的办法，提高工作人员的业务能力，方便群众获取信息。",
    ),
}
_PROBLEMS = (
    "一些栏目更新集中在季末，平时偏少",
    "文件说明偏重文字，图表较少",
    "个别附件没有提供可检索的格式",
    "基层岗位更换较快，业务熟悉程度不一",
    "对答复文书的格式掌握不够统一",
    "历史信息的分类仍显粗略",
    "公众留言转办的用时偏长",
)
_MEASURES = (
    "按月列出更新清单，由专人逐条销号",
    "为重要文件配上流程图和问答",
    "附件一律改用可复制文字的格式",
    "编写岗位交接手册，并安排老带新",
    "统一答复文书样式，发出前交叉核对",
    "用半年时间重新整理历史信息目录",
    "与热线部门共享转办进度，缩短等待时间",
)
_FEE = (
    "按照国办函〔2020〕109号文件，本年度没有发出信息处理费收费通知，未收取信息处理费。",
    "{year}年未收取信息处理费。除此之外没有其他需要报告的事项。",
    "依据国办函〔2020〕109号文件规定的标准核对，全年信息处理费收取金额为0元。",
)


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: ``name`` as it stands in the text, ``we`` such as 本局.

    ``government`` tells whether results of assessment are due (art. 50); ``real`` that the body
    exists, so that nothing may be invented about it.
    """

    name: str
    we: str
    government: bool = False
    real: bool = False
    contact: bool = True
    extra: tuple[str, ...] = ()


def preamble(voice: Voice, year: int) -> str:
    """The paragraph before section 一."""
    return (
        "本报告依照《中华人民共和国政府信息公开条例》（国务院令第711号）第五十条，"
        "按国办公开办函〔2021〕30号文件所附格式编写，"
        f"数据起止时间为{year}年1月1日至{year}年12月31日。"
        f"对报告内容有疑问的，请向{voice.name}查询。"
    )


def sections(
    voice: Voice, year: int, figures: Figures, items: int | None, extra: str = ""
) -> dict[int, list[str]]:
    """Paragraphs of sections 一, 五 and 六 by number.

    ``items`` is the number of items disclosed, None where the report gives none; ``extra`` is a
    sentence to add about active disclosure.
    """
    chance = random.Random(f"{voice.name}{year}")  # noqa: S311 - choice of words

    def pick(topic: str, sentences: Sequence[str], number: int = 1) -> str:
        if voice.real:
            sentences, number = _PLAIN[topic], 1
        chosen = chance.sample(sentences, number)
        return "".join(chosen).format(we=voice.we, year=year)

    count = f"全年主动公开信息{items}条。" if items is not None else ""
    supervision = pick("supervision", _SUPERVISION)
    if voice.government:
        supervision += pick("assessment", _ASSESSMENT)
    if voice.real:
        problems, measures = pick("problems", ()), pick("measures", ())
    else:
        problems, measures = _pairs(chance)
    return {
        1: [
            pick("opening", _OPENING),
            f"（一）主动公开。{count}{extra}{pick('active', _ACTIVE, 2)}",
            f"（二）依申请公开。{_requests(figures)}",
            f"（三）政府信息管理。{pick('management', _MANAGEMENT, 2)}",
            f"（四）政府信息公开平台建设。{pick('platform', _PLATFORM, 2)}",
            f"（五）监督保障。{supervision}",
        ],
        5: [f"存在的问题：{problems}", f"改进的办法：{measures}"],
        6: [chance.choice(_FEE).format(year=year), CLOSING],
    }


def _pairs(chance: random.Random) -> tuple[str, str]:
    """Three problems and what is to be done about each."""
    numbers = chance.sample(range(len(_PROBLEMS)), 3)

    def listed(sentences: Sequence[str]) -> str:
        chosen = (sentences[number] for number in numbers)
        return (
            "；".join(f"{order}是{one}" for order, one in zip("一二三", chosen, strict=True)) + "。"
        )

    return listed(_PROBLEMS), listed(_MEASURES)


def _requests(figures: Figures) -> str:
    received = figures["requests.received_new.total"]
    carried_in = figures["requests.carried_in.total"]
    processed = figures["requests.processed_total.total"]
    carried_out = figures["requests.carried_out.total"]
    if received == carried_in == 0:
        return "本年度没有收到政府信息公开申请，收到申请0件。"
    parts = [f"本年度新收政府信息公开申请{received}件"]
    if carried_in:
        parts.append(f"上年结转{carried_in}件")
    parts.append(f"全年办结{processed}件")
    if carried_out:
        parts.append(f"结转下年度{carried_out}件")
    return "，".join(parts) + "，均在法定期限内办理。"
