"""Problems of plans for teams. Data of `problems`."""

from typing import Final

from surveys.collection.problem import Problem

PROBLEMS: Final[tuple[Problem, ...]] = (
    Problem(
        400.161,
        "Không lập kế hoạch như vậy được: {reason_vi}",
        "No such plan can be made: {reason_en}",
    ),
    Problem(
        400.162,
        "Không ghi được như vậy: đã xong thì phải có kết quả, chưa xong thì không; ngày xong từ "
        "ngày đồng ý đến hôm nay; người nhận phải làm việc ở xã ấy.",
        "This cannot be stored: what is done has a result, what is not has none; the day lies "
        "between the consent and today; whoever takes it must work in that commune.",
    ),
    Problem(
        400.163,
        "Không ghi được con số này: tỷ lệ từ 0 đến 100 %, có nguồn, ngày không sau hôm nay, chỉ "
        "tiêu và xã có trong kết quả.",
        "This figure cannot be stored: 0 to 100 %, with a source, a day not after today, an "
        "indicator and a commune that the results have.",
    ),
    Problem(
        400.164,
        "Dòng {line}: households “{value}” không phải số hộ. Ghi số nguyên, ví dụ 180.",
        'Line {line}: households "{value}" is no number of households. Write a whole one: 180.',
    ),
    Problem(
        404.162,
        "Không còn yêu cầu này: người ấy chưa đồng ý, đã rút lại, hoặc dữ liệu đã xoá. Hãy mở lại "
        "danh sách.",
        "This wish is not there any more: no consent, withdrawn, or erased. Open the list again.",
    ),
    Problem(
        404.163,
        "Không có con số này. Hãy mở lại trang sẵn sàng số.",
        "There is no such figure. Open the page of readiness again.",
    ),
    Problem(
        409.162,
        "Người này đã nói không muốn được gọi nữa. Đừng gọi.",
        "This person said that no call is wanted any more. Do not call.",
    ),
    Problem(
        409.163,
        "Con số của nguồn và ngày này đã có. Hãy xoá con số cũ trước.",
        "A figure of this source and day is there already. Delete it first.",
    ),
    Problem(
        404.161,
        "Không có kế hoạch này. Hãy mở danh sách kế hoạch của đợt.",
        "There is no such plan. Open the list of plans of the round.",
    ),
    Problem(
        409.161,
        "Đợt này chưa có kết quả về sẵn sàng số. Hãy tính kết quả trước khi lập kế hoạch.",
        "The round has no figures of digital readiness yet. Run the analysis before planning.",
    ),
    Problem(
        429.161,
        "Bạn đang có {limit} kế hoạch chưa tính xong. Hãy chờ chúng xong rồi lập tiếp.",
        "You have {limit} plans that are still being solved. Wait for them before the next.",
    ),
)
