"""What departments are called: usual ones by level, abbreviations, and what is no department.

Since the reform of 2018 the departments of a county mirror those of the State Council. The list is
what a county, prefecture or province usually has; which it really has, only its own list tells.
"""

from __future__ import annotations

import re

_STEMS = {
    "发改": "发展和改革",
    "发展改革": "发展和改革",
    "卫健": "卫生健康",
    "卫计": "卫生和计划生育",
    "住建": "住房和城乡建设",
    "住房城乡建设": "住房和城乡建设",
    "人社": "人力资源和社会保障",
    "人力资源社会保障": "人力资源和社会保障",
    "市监": "市场监督管理",
    "市场监管": "市场监督管理",
    "国资": "国有资产监督管理",
    "国资监管": "国有资产监督管理",
    "民宗": "民族宗教事务",
    "民族宗教": "民族宗教事务",
    "民族": "民族事务",
    "自规": "自然资源和规划",
    "自然资源规划": "自然资源和规划",
    "文旅": "文化和旅游",
    "文化旅游": "文化和旅游",
    "退役军人": "退役军人事务",
    "应急": "应急管理",
    "医保": "医疗保障",
    "城管": "城市管理",
    "交通": "交通运输",
    "工信": "工业和信息化",
    "工业信息化": "工业和信息化",
    "经信": "经济和信息化",
    "环保": "环境保护",
    "林草": "林业和草原",
    "林业草原": "林业和草原",
    "科技": "科学技术",
    "机关事务": "机关事务管理",
    "粮储": "粮食和物资储备",
    "广电": "广播电视",
    "财金": "财政金融",
}
_SUFFIXES = {"委": "委员会", "办": "办公室", "管委会": "管理委员会"}
_WHOLE = {"民委": "民族事务委员会", "教委": "教育委员会", "科委": "科学技术委员会"}

_PREFECTURE = (
    "发展和改革委员会",
    "教育局",
    "科学技术局",
    "工业和信息化局",
    "公安局",
    "民政局",
    "司法局",
    "财政局",
    "人力资源和社会保障局",
    "自然资源局",
    "生态环境局",
    "住房和城乡建设局",
    "城市管理局",
    "交通运输局",
    "水利局",
    "农业农村局",
    "商务局",
    "文化和旅游局",
    "卫生健康委员会",
    "退役军人事务局",
    "应急管理局",
    "审计局",
    "市场监督管理局",
    "体育局",
    "统计局",
    "医疗保障局",
    "国有资产监督管理委员会",
    "信访局",
)
_COUNTY = tuple(
    name
    for name in _PREFECTURE
    if name not in ("生态环境局", "体育局", "国有资产监督管理委员会", "城市管理局")
)
_PROVINCE = (
    "发展和改革委员会",
    "教育厅",
    "科学技术厅",
    "工业和信息化厅",
    "公安厅",
    "民政厅",
    "司法厅",
    "财政厅",
    "人力资源和社会保障厅",
    "自然资源厅",
    "生态环境厅",
    "住房和城乡建设厅",
    "交通运输厅",
    "水利厅",
    "农业农村厅",
    "商务厅",
    "文化和旅游厅",
    "卫生健康委员会",
    "退役军人事务厅",
    "应急管理厅",
    "审计厅",
    "市场监督管理局",
    "体育局",
    "统计局",
    "医疗保障局",
    "国有资产监督管理委员会",
    "信访局",
)
_MORE = (
    "民族事务委员会 民族宗教事务局 民族宗教事务委员会 教育委员会 教育体育局 教育和体育局 自然资源和规划局 水务局 林业局 "
    "林业和草原局 园林局 综合行政执法局 城市管理行政执法局 行政审批服务局 行政审批局 数据局 大数据局 机关事务管理局 "
    "粮食和物资储备局 广播电视局 文化广电旅游局 文化广电和旅游局 文化体育和旅游局 乡村振兴局 扶贫开发办公室 金融工作局 "
    "外事办公室 人民防空办公室 知识产权局 药品监督管理局 农业局 国土资源局 环境保护局 卫生局 科技局 经济和信息化局 "
    "安全生产监督管理局 工商行政管理局 质量技术监督局 食品药品监督管理局 卫生和计划生育委员会 投资促进局 政务服务管理局 "
    "国有资产监督管理局 卫生健康局 发展和改革局 市政管理局 市容环境卫生管理局 财政金融局"
)

_VERTICAL = re.compile(
    r"(?:税务局|气象局|邮政管理局|烟草专卖局|调查(?:总)?队|通信管理局|海事局|煤矿安全监察局|消防救援(?:支队|大队|总队)"
    r"|金融监督管理局|金融监管局|人民银行.*)$"
)
_SERVICES = ("国家税务总局", "国家统计局", "中国人民银行", "国家金融监督管理总局", "中国")
_DEPARTMENT = re.compile(
    r"^[^\W\d_]{2,30}(?:局|厅|委员会|委|办公室|办|监察院|监察专员办事处|指挥部|研究室|服务中心|管理中心)$"
)
# Party, congress, courts, mass organisations, schools and firms do not report under the regulation.
_OUTSIDE = re.compile(
    r"^(?:中共|党|委(?!员会)|县委|市委|区委|省委|纪|人大|人民代表|政协|政治协商|法院|检察院|人民法院|人民检察院|组织部|宣传部"
    r"|统战|政法委|机构编制|编办|编委|工会|总工会|妇联|团委|残联|文联|科协|工商联|红十字|关工委)"
    r"|(?:学校|中学|小学|学院|大学|医院|公司|集团|村委会|居委会|村民委员会|居民委员会|社区)$"
)
# What begins with the word of a level names a place that was not recognised: 州教育局, 市财政局.
_LEVEL = re.compile(
    r"^(?:自治[区州县旗]|地区|[省州盟旗镇]|[县区](?!域)|乡(?!村)|市(?!场|政|容|监)|街道|苏木|开发区|高新区|经开区|新区)"
)

# A place inside an unusual name: 新新区教育局 is no department of the city but of a district not known here.
_PLACE = re.compile(
    r"[省州盟旗镇]|[县区](?!域)(?<!社区)|(?<!城)乡(?!村)|市(?!场|政|容|监|民)|街道|苏木|开发区|园区"
)


def full_name(department: str) -> str:
    """The full name of a department from a usual abbreviation: 卫健委 → 卫生健康委员会; others unchanged.

    A prefix 人民政府 or 政府 (西藏自治区政府国资委) is not part of it.
    """
    name = re.sub(r"^(?:人民)?政府(?=.{2})", "", department)
    name = re.sub(r"^(气象|税务)部门$", r"\1局", name)
    if name in _WHOLE:
        return _WHOLE[name]
    match = re.fullmatch(r"(.+?)(管委会|委员会|委|办公室|办|局|厅)", name)
    if not match:
        return name
    stem, suffix = match.groups()
    return _STEMS.get(stem, stem) + _SUFFIXES.get(suffix, suffix)


def is_usual(department: str) -> bool:
    """Whether this is a name that departments or vertical services usually bear, not merely a possible one."""
    name = full_name(department)
    return name in _USUAL or bool(_VERTICAL.fullmatch(name))


def is_department(name: str) -> bool:
    """Whether ``name``, without its place, can be that of a department or vertical service."""
    full = full_name(name)
    if _OUTSIDE.search(name) or _LEVEL.search(full) or re.search(r"局.+局$", full):
        return False
    if not is_usual(full) and _PLACE.search(full):
        return False
    return bool(_DEPARTMENT.match(full) or _VERTICAL.fullmatch(full))


def ends_like_department(name: str) -> bool:
    """Whether a name, places and all, ends as those of departments do and is not of the Party."""
    return bool(_DEPARTMENT.match(name)) and not re.search(r"[省市县区州旗]委(?!员会)", name)


def is_vertical(name: str) -> bool:
    """Whether the body belongs to a service led from above: taxes, weather, statistics survey, post …"""
    return bool(_VERTICAL.search(name))


def without_service(name: str) -> tuple[str, str]:
    """A vertical body's name cut into the service before the place and the rest: 国家税务总局 + 嘉兴市税务局."""
    for service in _SERVICES:
        if name.startswith(service) and is_vertical(name):
            return service, name[len(service) :]
    return "", name


def usual(level: int) -> tuple[str, ...]:
    """Departments that a division with a code of 2, 4 or 6 digits usually has."""
    return {2: _PROVINCE, 4: _PREFECTURE, 6: _COUNTY}[level]


_USUAL = frozenset(
    {*_PROVINCE, *_PREFECTURE, *_MORE.split()}
    | {name[:-1] + "局" for name in _PROVINCE if name.endswith("厅")}
)
