"""Indicators of form A (household digital readiness): the table, and nothing that computes."""

from __future__ import annotations

from typing import Final

from analysis.indicators.help_table import BARRIERS, HELP_PLACES, HELPERS, NOT_ALONE, WANTERS
from analysis.indices.definition import Base, Category, Definition, Kind, Source, Unit, Weight

PERSONS_15: Final = Base("persons_15", "người từ 15 tuổi trở lên", "persons aged 15 or over")
PERSONS_18: Final = Base("persons_18", "người từ 18 tuổi trở lên", "persons aged 18 or over")
SELF_15: Final = Base(
    "self_15", "người từ 15 tuổi, tự trả lời", "persons aged 15 or over who answered themselves"
)
SELF_18: Final = Base(
    "self_18", "người từ 18 tuổi, tự trả lời", "persons aged 18 or over who answered themselves"
)
FILERS: Final = Base(
    "filers",
    "người từ 15 tuổi có giấy tờ phải làm trong 12 tháng qua và đã có người làm",
    "persons aged 15 or over with paperwork in the last 12 months that somebody has done",
)
PAYERS: Final = Base(
    "payers",
    "người có giấy tờ phải trả phí, lệ phí",
    "persons whose paperwork carried a fee",
)
HOUSEHOLDS_18: Final = Base(
    "households_18", "hộ có người từ 18 tuổi", "households with a member aged 18 or over"
)
SHOPS: Final = Base(
    "shops", "hộ có bán hàng hoặc làm dịch vụ", "households that run a shop or a service"
)

GAPS: Final = (
    Category("phone", "Chưa có điện thoại thông minh", "No smartphone of one's own"),
    Category("internet", "Chưa dùng Internet", "Not online"),
    Category("vneid", "Chưa có VNeID mức 2", "No VNeID level 2"),
    Category("account", "Chưa có tài khoản hay ví", "No account or wallet"),
    Category("done_alone", "Đã tự nộp trên mạng", "Has filed online alone"),
    Category("helped_online", "Đã nộp trên mạng nhờ có người giúp", "Has filed online with help"),
    Category("no_need", "Đủ điều kiện, chưa có giấy tờ phải làm", "Equipped, no paperwork needed"),
    Category(
        "equipped_not_tried",
        "Đủ điều kiện nhưng nộp giấy hoặc chưa làm",
        "Equipped, but on paper or not done yet",
    ),
)


def _row(
    indicator: str,
    vi: str,
    en: str,
    base: Base,
    rule: str,
    *,
    weight: Weight = Weight.PERSON,
    has_bounds: bool = False,
    is_sensitive: bool = False,
    is_core: bool = False,
) -> Definition:
    return Definition(
        indicator,
        vi,
        en,
        Source.DIGITAL,
        base,
        weight,
        rule,
        has_bounds=has_bounds,
        is_sensitive=is_sensitive,
        is_core=is_core,
    )


def _categories(
    indicator: str,
    vi: str,
    en: str,
    base: Base,
    rule: str,
    *,
    categories: tuple[Category, ...],
    is_sensitive: bool = False,
) -> Definition:
    return Definition(
        indicator,
        vi,
        en,
        Source.DIGITAL,
        base,
        Weight.SELF,
        rule,
        kind=Kind.CATEGORIES,
        categories=categories,
        has_bounds=indicator == "first_gap",
        is_sensitive=is_sensitive,
    )


SELF = Weight.SELF
HOUSEHOLD = Weight.HOUSEHOLD

DIGITAL: Final[tuple[Definition, ...]] = (
    _row(
        "smartphone_own",
        "Có điện thoại thông minh của riêng mình",
        "Has a smartphone of one's own",
        PERSONS_15,
        "a_phone = smart",
        is_core=True,
    ),
    _row(
        "net_3m",
        "Dùng Internet trong 3 tháng qua",
        "Used the Internet in the last 3 months",
        PERSONS_15,
        "a_net3m = yes",
        is_core=True,
    ),
    _row(
        "bank_account",
        "Có tài khoản ngân hàng hoặc quỹ tín dụng",
        "Has an account at a bank or credit fund",
        PERSONS_15,
        "a_bank = yes",
        is_sensitive=True,
        is_core=True,
    ),
    _row(
        "account_any",
        "Có tài khoản ngân hàng hoặc ví điện tử",
        "Has a bank account or an e-wallet",
        PERSONS_15,
        "a_bank = yes or a_wallet = yes",
        has_bounds=True,
        is_sensitive=True,
        is_core=True,
    ),
    _row(
        "vneid_level2",
        "Có VNeID mức 2 (trên máy mình hoặc máy người khác)",
        "Has VNeID level 2 (on own or another's phone)",
        PERSONS_15,
        "a_vneid in own, other",
        is_core=True,
    ),
    _row(
        "vneid_own",
        "Có VNeID mức 2 trên máy của mình",
        "Has VNeID level 2 on own phone",
        PERSONS_15,
        "a_vneid = own",
    ),
    _row(
        "epay_30d",
        "Trả tiền qua mạng trong 30 ngày qua",
        "Paid electronically in the last 30 days",
        SELF_15,
        "a_epay in weekly, some; not asked: 0 only if account_any = 0, else missing",
        weight=SELF,
    ),
    _row(
        "filed_alone",
        "Tự nộp hồ sơ trên mạng, không ai giúp",
        "Filed online alone",
        FILERS,
        "a_who = self and a_how = alone",
        weight=SELF,
        has_bounds=True,
    ),
    _row(
        "filed_online",
        "Hồ sơ được nộp trên mạng (ai bấm máy cũng tính)",
        "Paperwork filed online (whoever pressed the keys)",
        FILERS,
        "a_how in alone, guided, other",
        weight=SELF,
    ),
    _row(
        "filed_helped",
        "Hồ sơ nộp trên mạng nhờ có người giúp",
        "Filed online with help",
        FILERS,
        "a_how in guided, other",
        weight=SELF,
    ),
    _categories(
        "filed_helped_by",
        "Ai giúp nộp hồ sơ trên mạng",
        "Who helped to file online",
        FILERS,
        "a_how in guided, other; split by a_who",
        categories=HELPERS,
    ),
    _row(
        "equipped",
        "Sẵn sàng số: đủ điện thoại thông minh, Internet, VNeID mức 2 và tài khoản",
        "Equipped: smartphone, Internet, VNeID level 2 and an account",
        PERSONS_18,
        "smartphone_own and net_3m and vneid_level2 and account_any",
        has_bounds=True,
    ),
    _row(
        "able",
        "Tự làm được: đủ điều kiện, VNeID trên máy mình, biết điền tờ khai và gửi kèm ảnh",
        "Able: equipped, VNeID on own phone, fills in forms and attaches papers",
        SELF_18,
        "equipped and vneid_own and a_skill has form and attach; not online: no skill",
        weight=SELF,
        has_bounds=True,
    ),
    _row(
        "equipped_hh",
        "Hộ có ít nhất một người sẵn sàng số",
        "Household with at least one equipped member",
        HOUSEHOLDS_18,
        "at least one member aged 18 or over is equipped",
        weight=HOUSEHOLD,
        has_bounds=True,
    ),
    _row(
        "fee_online",
        "Phí, lệ phí trả qua mạng",
        "Fee paid electronically",
        PAYERS,
        "a_fee in online, helped; no fee is outside",
        weight=SELF,
    ),
    _categories(
        "first_gap",
        "Bước còn thiếu đầu tiên",
        "First missing step",
        SELF_18,
        "first failing of phone, internet, vneid, account; the equipped by how they filed",
        categories=GAPS,
        is_sensitive=True,
    ),
    _row(
        "wants_help",
        "Muốn được chỉ dẫn",
        "Wants to be shown",
        SELF_18,
        "a_help names something; none = 0; no answer is missing",
        weight=SELF,
    ),
    _categories(
        "barrier",
        "Điều khiến chưa tự nộp hồ sơ trên mạng (có thể nêu nhiều điều)",
        "What keeps from filing online alone (several may be named)",
        NOT_ALONE,
        "a_barrier names it; a_how = alone was not asked; dk, ref are missing",
        categories=BARRIERS,
        is_sensitive=True,
    ),
    _categories(
        "help_place",
        "Nơi tiện nhất để được chỉ dẫn",
        "Where being shown would suit best",
        WANTERS,
        "a_helpch among those with wants_help = 1",
        categories=HELP_PLACES,
    ),
    _row(
        "shop_qr",
        "Chỗ bán có mã QR để trả tiền",
        "Shop has a QR code for payment",
        SHOPS,
        "hh_qr = yes",
        weight=HOUSEHOLD,
    ),
    _row(
        "limit_any",
        "Khó khăn nhiều về sức khoẻ hoặc khuyết tật (để chia nhóm, không phải tỷ lệ khuyết tật)",
        "Much difficulty by health or disability (for breakdowns, not a prevalence)",
        SELF_15,
        "a_limit in lot, cannot",
        weight=SELF,
        is_sensitive=True,
    ),
    Definition(
        "readiness",
        "Chỉ số sẵn sàng số (0–100)",
        "Digital readiness index (0–100)",
        Source.DIGITAL,
        SELF_18,
        Weight.SELF,
        "100 × mean of access (mean of smartphone_own, net_3m), vneid_level2, account_any, "
        "skill form",
        kind=Kind.SCORE,
        unit=Unit.SCORE,
        has_bounds=True,
    ),
)
