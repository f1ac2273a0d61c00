"""How an office writes one value: (what stands in the cell, the normal form or None where no value may be taken from it)."""
from __future__ import annotations

import datetime
import random
from typing import Any

Dice = random.Random
Written = tuple[Any, str | None]
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
GIVEN = "一乐佳俊可嘉子宁安宇川帆微思恒文昕星晨景月林欣沐泽清渝熙然玥瑶瑾皓睿知禾程艺若菲雅雨雯青"
FAR = ("阿依努尔·吐尔逊", "买买提·艾力", "古丽娜尔·热合曼")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
CN = ("零", *"一二三四五六七八九十", "十一", "十二")


def name(dice: Dice) -> Written:
    if dice.random() < 0.03:
        plain = dice.choice(FAR)
        return plain.replace("·", dice.choice("·•・‧")), plain
    plain = dice.choice(SURNAMES) + "".join(dice.sample(GIVEN, dice.choice((1, 2, 2))))
    if len(plain) == 2:
        return dice.choice((plain, f"{plain[0]} {plain[1]}", f"{plain[0]}　{plain[1]}")), plain
    return dice.choice((plain, plain, plain, plain + " ", " ".join(plain))), plain


def id_number(dice: Dice, boy: bool, year: int) -> str:
    body = f"9901{dice.randint(1, 9):02}{year}{dice.randint(1, 12):02}{dice.randint(1, 28):02}{dice.randint(0, 49):02}{dice.randrange(5) * 2 + boy}"
    return body + "10X98765432"[sum(w * int(c) for w, c in zip(WEIGHTS, body)) % 11]


def identity(dice: Dice, plain: str, style: str) -> Written:
    """An ID in the style of its sheet: a number has lost its last digits and is no value."""
    if style == "number" and plain.isdigit():
        return float(plain), None
    if style == "science":
        return f"{plain[0]}.{plain[1:6]}E+17", None
    if style == "spaces":
        return f"{plain[:6]} {plain[6:14]} {plain[14:]}", plain
    if style == "quote":
        return "'" + plain, plain
    if style == "wide":
        return plain.translate(WIDE).replace("X", "Ｘ"), plain
    return (plain.lower() if style == "lower" else plain), plain


def day(dice: Dice, first: tuple[int, int, int], last: tuple[int, int, int], style: str) -> Written:
    a, b = datetime.date(*first), datetime.date(*last)
    d = a + datetime.timedelta(days=dice.randint(0, (b - a).days))
    return written_day(d, style)


def written_day(d: datetime.date, style: str) -> Written:
    plain = d.isoformat()
    styles: dict[str, tuple[Any, str | None]] = {
        "iso": (plain, plain), "dots": (f"{d.year}.{d.month}.{d.day}", plain), "dots0": (f"{d:%Y.%m.%d}", plain),
        "slash": (f"{d.year}/{d.month}/{d.day}", plain), "cn": (f"{d.year}年{d.month}月{d.day}日", plain), "cn0": (f"{d:%Y年%m月%d日}", plain),
        "hao": (f"{d.year}年{d.month}月{d.day}号", plain), "compact": (f"{d:%Y%m%d}", plain), "number": (int(f"{d:%Y%m%d}"), plain),
        "stored": (d, plain), "wide": (f"{d.year}．{d.month}．{d.day}".translate(WIDE), plain), "month": (f"{d.year}年{d.month}月", plain[:7]),
        "month_dash": (f"{d:%Y-%m}", plain[:7]), "spaced": (f"{d.year} 年 {d.month} 月 {d.day} 日", plain), "vague": (f"{d.month}月底", None),
        "no_year": (f"{d.month}月{d.day}日", None)}
    return styles[style]


DAY_STYLES = ("iso", "dots", "dots0", "slash", "cn", "cn0", "hao", "compact", "number", "stored", "stored", "wide", "month", "month_dash", "spaced")


def phone(dice: Dice, style: str) -> Written:
    plain = f"1{dice.choice('3589')}900{dice.randint(0, 999999):06}"
    if style == "number":
        return int(plain), plain
    if style == "dashes":
        return f"{plain[:3]}-{plain[3:7]}-{plain[7:]}", plain
    if style == "spaces":
        return f"{plain[:3]} {plain[3:7]} {plain[7:]}", plain
    if style == "landline":
        line = f"0599-8{dice.randint(0, 999999):06}"
        return line, line
    if style == "two":
        other = f"139001{dice.randint(0, 99999):05}"
        return plain + dice.choice(("/", "、", " / ")) + other, f"{plain}、{other}"
    return plain, plain


PHONE_STYLES = ("text", "text", "number", "dashes", "spaces", "landline", "two")


def grade(number: int, style: str) -> Written:
    plain = str(number)
    junior = f"初{CN[number - 6]}" if 7 <= number <= 9 else f"{CN[number]}年级"
    return {"cn": f"{CN[number]}年级", "digit": f"{number}年级", "bare": number, "junior": junior, "short": CN[number]}[style], plain


def class_no(number: int, style: str) -> Written:
    return {"bare": number, "ban": f"{number}班", "bracket": f"({number})班", "wide": f"（{number}）班", "cn": f"{CN[number]}班"}[style], str(number)


def both(g: int, c: int, style: str) -> str:
    junior = f"初{CN[g - 6]}" if 7 <= g <= 9 else f"{CN[g]}年级"
    return {"bracket": f"{CN[g]}({c})班", "wide": f"{CN[g]}（{c}）班", "long": f"{CN[g]}年级{c}班", "cn": f"{CN[g]}年级{CN[c]}班",
            "junior": f"{junior}({c})班", "junior2": f"{junior}{c}班", "three": f"{g}{c:02}", "dot": f"{g}.{c}班"}[style]


BOTH_STYLES = ("bracket", "wide", "long", "cn", "junior", "junior2", "three")
YES_NO = (("是", "否"), ("√", "×"), ("有", "无"), ("已建", "未建"), ("☑是 □否", "□是 ☑否"), ("Y", "N"), ("已制定", "未制定"), ("✔", "✘"))


def count(dice: Dice, most: int, style: str, unit: str = "") -> Written:
    n = dice.randint(1, most)
    return {"number": n, "text": str(n), "unit": f"{n}{unit}", "wide": str(n).translate(WIDE)}[style], str(n)


REASONS = {"R01": ("厌学", "不想读书", "学习困难", "厌学情绪严重"), "R02": ("家庭经济困难", "家庭贫困"), "R03": ("外出打工", "打工", "外出务工"),
           "R04": ("因病", "生病住院", "长期患病"), "R05": ("因残", "重度残疾"), "R06": ("抑郁症", "心理问题", "精神疾病"), "R07": ("家庭变故", "父母离异"),
           "R08": ("沉迷网络", "网瘾", "沉迷手机游戏"), "R10": ("早婚",), "R11": ("随父母外出务工",), "R12": ("家长不重视教育",), "R13": ("校园欺凌", "师生矛盾"),
           "R15": ("在外地就读未转学籍",)}
WHERE = {"W01": ("在家", "在家待着", "居家"), "W02": ("外出务工", "外地打工"), "W03": ("随父母在外",), "W04": ("在他校就读",), "W05": ("住院治疗", "休学治疗"),
         "W06": ("专门学校",), "W08": ("出国",), "W09": ("失联", "下落不明"), "W11": ("就读职校", "技校")}
STATES = {"open": ("劝返中", "未返校", "尚未复学", "未到校"), "returned": ("已复学", "已返校", "已返校就读"), "suspended": ("休学", "已办理休学", "休学中"),
          "home_teaching": ("送教上门",), "transferred": ("已转学", "已转出"), "lost": ("失联", "联系不上"), "elsewhere": ("他处就读",)}
PSYCH = {"在跟踪": ("在跟踪", "持续关注", "跟踪中"), "平稳": ("平稳", "情绪稳定"), "好转": ("好转", "明显好转"), "转介治疗": ("转介治疗", "已转介"), "解除": ("解除", "已销案")}
REGISTER = {"在籍不在校": ("在籍不在校",), "休学": ("休学", "已休学"), "疑似辍学": ("疑似辍学",), "借读": ("借读",), "长期请假": ("长期请假",), "其他离校": ("其他离校",)}
DISEASE = {"D01": ("先心病", "先天性心脏病"), "D02": ("癫痫", "羊癫疯"), "D03": ("肺结核",), "D04": ("高血压",), "D05": ("支气管哮喘", "哮喘"), "D06": ("肺炎",),
           "D07": ("抑郁症",), "D08": ("肢体残疾",), "D98": ("贫血", "过敏性紫癜", "肾炎")}
PE = {"可正常参加": ("可正常参加", "能正常参加"), "适当减量": ("适当减量", "适量运动"), "不宜剧烈运动": ("不宜剧烈运动", "避免剧烈运动"), "免修": ("免修", "免体")}
RELATION = {"父亲": ("父亲", "父", "爸爸"), "母亲": ("母亲", "母", "妈妈"), "祖父": ("祖父", "爷爷"), "祖母": ("奶奶", "祖母"), "外祖母": ("外婆", "姥姥"), "外祖父": ("外公",)}
FAMILY = {"贫困": ("低保户", "贫困", "脱贫户"), "单亲": ("单亲",), "离异": ("父母离异", "离异"), "留守": ("留守儿童", "留守"), "隔代监护": ("隔代监护", "隔代抚养"), "残疾": ("残疾",), "流动人口": ("随迁子女",)}
MODE = {"入户": ("入户", "上门家访", "入户家访"), "电话": ("电话", "电话联系"), "约谈": ("约谈", "约谈家长"), "联合": ("联合劝返", "联合")}
PLACEMENT = {"原校原班": ("原校原班",), "原校降级": ("原校降级", "留级"), "职校": ("职校",), "送教上门": ("送教上门",)}
LEVELS = ("红色", "橙色", "黄色")


def coded(dice: Dice, table: dict[str, tuple[str, ...]]) -> Written:
    code = dice.choice(sorted(table))
    return dice.choice(table[code]), code


def text(dice: Dice, said: tuple[str, ...]) -> Written:
    one = dice.choice(said)
    return one, one


ADDRESSES = ("柳塘镇东岸村8组", "河西街道望湖社区12幢301室", "柳塘镇老街46号", "外省某市开发区出租屋（随父母）", "新桥村三组17号")
MEASURES = ("班主任上门家访，与家长沟通", "联合村委会、派出所上门做工作", "每周电话联系，安排结对教师", "送法进家，发放劝返通知书", "心理教师每周辅导一次；家长签字")
CONTENT = ("上门与监护人谈话，学生不在家", "电话与其母沟通，表示再劝劝孩子", "到家中见到学生本人，讲明义务教育法", "与镇干部一同入户，说明帮扶政策")
OUTCOME = ("学生表示再考虑", "家长同意配合", "未见到本人", "已返校就读", "答应本周到校")
SYMPTOMS = ("情绪低落，不愿与人交往", "失眠、手抖，考试焦虑", "有自伤行为", "与父母冲突频繁")
HOSPITALS = ("市第四人民医院", "区中医院", "市儿童医院")
