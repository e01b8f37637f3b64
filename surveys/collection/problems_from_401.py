"""Problems from 401 on: no right, not there, in conflict, too large, ours. Data of `problems`."""

from typing import Final

from surveys.collection.problem import Problem

PROBLEMS: Final[tuple[Problem, ...]] = (
    # 401, 403: who
    Problem(
        401.1,
        "E-mail hoặc mật khẩu không đúng. Hãy thử lại.",
        "The e-mail or the password is wrong. Try again.",
    ),
    Problem(401.2, "Hãy đăng nhập để tiếp tục.", "Sign in to go on."),
    Problem(
        401.3,
        "Chỉ nhận mật khẩu (Basic) qua HTTPS. Hãy dùng địa chỉ https hoặc mã phiên (Bearer).",
        "A password (Basic) is accepted over HTTPS only. Use the https address or a session.",
    ),
    Problem(
        401.4,
        "Phiên làm việc đã hết hạn hoặc không đúng. Hãy đăng nhập lại.",
        "The session has expired or is wrong. Sign in again.",
    ),
    Problem(
        403.1,
        "Bạn không có quyền làm việc này. Hãy hỏi người quản lý dự án.",
        "You have no right to do this. Ask the manager of the project.",
    ),
    Problem(
        403.2,
        "Cơ quan được đánh giá không xem phiếu của người đánh giá; chỉ xem kết quả đã công bố.",
        "The office that is rated does not read the raters' records; published results only.",
    ),
    Problem(
        403.3,
        "Mã của điện thoại không còn hiệu lực. Hãy quét lại mã QR mới.",
        "The phone's token is not valid any more. Scan the new QR code.",
    ),
    Problem(
        403.4,
        "Chỉ người quản trị và người quản lý mọi dự án tạo được dự án. Hãy nhờ người quản trị.",
        "Only administrators and managers of all projects make projects. Ask an administrator.",
    ),
    Problem(
        403.31,
        "Liên kết này không còn dùng được. Hãy hỏi nơi đã đưa mã QR cho bạn.",
        "This link does not work any more. Ask those who gave you the QR code.",
    ),
    Problem(
        403.32,
        "Liên kết này đang tạm dừng. Câu trả lời vẫn ở trên máy của bạn; hãy gửi lại sau.",
        "This link is paused. Your answers stay on your device; send them again later.",
    ),
    Problem(
        403.33,
        "Liên kết này đã hết hạn. Hãy hỏi nơi đã đưa mã QR cho bạn.",
        "This link has expired. Ask those who gave you the QR code.",
    ),
    # 404: not there
    Problem(404.1, "Không tìm thấy. Hãy kiểm tra địa chỉ.", "Not found. Check the address."),
    Problem(
        404.2,
        "Không có dự án này, hoặc dự án đã bị xoá. Hãy kiểm tra địa chỉ.",
        "There is no such project, or it was deleted. Check the address.",
    ),
    Problem(
        404.3,
        "Không có biểu mẫu này. Hãy làm mới danh sách biểu mẫu.",
        "There is no such form. Refresh the list of forms.",
    ),
    Problem(
        404.4,
        "Không có phiếu này trong những phiếu bạn được xem. Hãy kiểm tra mã phiếu.",
        "There is no such submission among those that you may see. Check its id.",
    ),
    Problem(
        404.5,
        "Không có điều tra viên này trong dự án. Hãy xem lại danh sách điều tra viên.",
        "There is no such app user in the project. Look it up in the list of app users.",
    ),
    Problem(
        404.6,
        "Biểu mẫu không cần tệp “{name}”. Hãy kiểm tra tên tệp.",
        'The form expects no file "{name}". Check its name.',
    ),
    Problem(
        404.7,
        "Chưa có tệp này. Hãy chờ điện thoại gửi, hoặc tải tệp lên biểu mẫu.",
        "The file is not there yet. Wait for the phone to send it, or upload it to the form.",
    ),
    Problem(
        404.8,
        "Không có phiên bản “{version}” của biểu mẫu. Hãy xem danh sách phiên bản.",
        'The form has no version "{version}". Look it up in the list of versions.',
    ),
    Problem(
        404.9,
        "Biểu mẫu không có bản nháp. Hãy tạo bản nháp trước.",
        "The form has no draft. Make one first.",
    ),
    Problem(
        404.11,
        "Mã thử nghiệm không còn hiệu lực: bản nháp đã được phát hành hoặc thay thế.",
        "The test token is no longer valid: the draft was published or replaced.",
    ),
    Problem(
        404.12,
        "Không có đợt khảo sát này. Hãy xem danh sách đợt của dự án.",
        "There is no such round. Look it up in the rounds of the project.",
    ),
    Problem(
        404.13,
        "Không có lần tính này trong những lần bạn được xem. Hãy xem danh sách của đợt.",
        "There is no such run among those that you may see. Look it up in the round's list.",
    ),
    Problem(
        404.14,
        "Không có bảng “{table}” trong biểu mẫu. Hãy dùng bảng Submissions.",
        'The form has no table "{table}". Use the table Submissions.',
    ),
    Problem(
        405.1,
        "Địa chỉ này không nhận lệnh {method}. Hãy xem các lệnh được nhận trong tài liệu API.",
        "This address does not take the method {method}. The API's documentation lists what it "
        "takes.",
    ),
    # 409: it stands against what is stored
    Problem(
        409.1,
        "Đã có phiếu cùng mã nhưng nội dung khác. Phiếu gửi sau được giữ riêng để xem lại.",
        "A submission with this id and other content exists. The later one is kept for review.",
    ),
    Problem(
        409.2,
        "Phiếu này đã bị xoá trên máy chủ, không gửi lại được. Nếu bị xoá nhầm, hãy báo người quản "
        "lý dự án.",
        "This submission was deleted on the server and cannot be sent again. If that was a "
        "mistake, tell the manager of the project.",
    ),
    Problem(
        409.3,
        "Bản bạn sửa không còn là bản mới nhất. Hãy tải bản mới rồi sửa lại.",
        "The copy that you edited is out of date. Take the newest one and edit again.",
    ),
    Problem(
        409.4,
        "Phiên bản “{version}” của biểu mẫu “{form_id}” đã có. Hãy đổi version rồi tải lên lại.",
        'Version "{version}" of form "{form_id}" exists. Change version and upload again.',
    ),
    Problem(
        409.5,
        "E-mail “{email}” đã có tài khoản. Hãy dùng e-mail khác hoặc giao thêm quyền cho tài "
        "khoản ấy.",
        'The e-mail "{email}" has an account already. Use another, or give that account the role.',
    ),
    Problem(
        409.6,
        "Mã biểu mẫu “{form_id}” đã có trong dự án. Hãy tạo bản nháp mới cho biểu mẫu đó.",
        'The form id "{form_id}" exists in the project. Make a new draft of that form.',
    ),
    Problem(
        409.7,
        "Biểu mẫu đã đóng, không nhận thêm phiếu. Hãy hỏi người quản lý dự án.",
        "The form is closed and takes no more submissions. Ask the manager of the project.",
    ),
    Problem(
        409.8,
        "Dữ liệu đã thay đổi trong lúc bạn làm. Hãy tải lại trang rồi thử lại.",
        "The data changed meanwhile. Load the page again and retry.",
    ),
    Problem(
        409.9,
        "Tên này đã có dự án hoặc đợt khảo sát khác dùng. Hãy đặt tên khác.",
        "Another project or round has this name already. Choose another name.",
    ),
    Problem(
        409.11,
        "Đợt khảo sát đã khoá sổ nên không đổi được nữa. Hãy mở một đợt mới.",
        "The round is locked and cannot be changed any more. Begin a new round.",
    ),
    Problem(
        409.12,
        "Mã biểu mẫu “{form_id}” đã dùng cho đợt khác trong dự án này. Hãy tạo đợt trong một dự án "
        "riêng; người quản lý mọi dự án hoặc người quản trị tạo được dự án.",
        'The form id "{form_id}" belongs to another round of this project. Make the round in a '
        "project of its own; a manager of all projects or an administrator makes one.",
    ),
    Problem(
        409.13,
        "Đợt khảo sát chưa có mẫu. Hãy nhập danh sách thôn và danh sách hộ trước khi phát hành.",
        "The round has no sample yet. Import the villages and households before publishing.",
    ),
    Problem(
        409.14,
        "Đã có lượt đến hộ trong đợt này nên không thay được mẫu. Hãy mở một đợt mới.",
        "Households of this round have been visited: its sample stays. Begin a new round.",
    ),
    Problem(
        409.15,
        "Đây là quản trị viên cuối cùng. Hãy giao quyền quản trị cho người khác trước.",
        "This is the last administrator. Make somebody else an administrator first.",
    ),
    Problem(
        409.16,
        "Đây là tài khoản của chính bạn. Hãy nhờ người quản lý khác đổi vai trò của bạn.",
        "This is your own account. Ask another manager to change your role.",
    ),
    Problem(
        409.17,
        "Tài khoản này đã có; chỉ người quản trị ghi được người ấy làm việc tại cơ quan được đánh "
        "giá. Hãy để trống mục đó hoặc nhờ người quản trị.",
        "The account exists already; only an administrator says that its person works for a rated "
        "office. Leave that empty or ask an administrator.",
    ),
    Problem(
        409.18,
        "Không nhận phần này vào được ({reason}). Hãy tải nguyên văn (quarantine/{item}.xml), sửa, "
        "gửi lại vào biểu mẫu, rồi xếp phần này sang một bên.",
        "This cannot be taken in ({reason}). Download its bytes (quarantine/{item}.xml), correct "
        "them, send them to the form, then set this one aside.",
    ),
    Problem(
        409.22,
        "Một đợt khảo sát hoặc bảng dữ liệu khác còn dùng biểu mẫu “{form_id}” nên không xoá hẳn "
        "được. Biểu mẫu vẫn ở trong thùng rác.",
        'A survey round or another table still uses the form "{form_id}", so it cannot be removed '
        "for good. It stays in the trash.",
    ),
    Problem(
        409.41,
        "Phiếu này mỗi người chỉ gửi một lần, và máy này đã gửi rồi. Cảm ơn bạn.",
        "This form is sent once by each person, and this device has sent it. Thank you.",
    ),
    Problem(
        409.42,
        "Biểu mẫu này được mã hoá, mà trình duyệt không mã hoá được. Hãy điền bằng ODK Collect.",
        "This form is encrypted, and a browser cannot encrypt. Fill it with ODK Collect.",
    ),
    Problem(
        409.23,
        "Bản nháp làm câu trả lời đã có của {names} không còn chỗ đứng. Hãy xem các thay đổi và "
        "xác nhận, hoặc sửa bản nháp.",
        "The draft leaves answers of {names} that are there without a place. Look at the changes "
        "and confirm, or correct the draft.",
    ),
    # 413 …: limits
    Problem(
        413.1,
        "Dữ liệu gửi lên lớn hơn {limit} MB. Hãy chia nhỏ hoặc giảm cỡ ảnh.",
        "The upload is larger than {limit} MB. Split it or make the pictures smaller.",
    ),
    Problem(
        413.2,
        "Một lần gửi có hơn {limit} tệp. Hãy gửi làm nhiều lần.",
        "There are more than {limit} files in one upload. Send them in several.",
    ),
    Problem(
        415.1,
        "Không nhận kiểu nội dung “{content_type}”. Hãy xem kiểu được nhận trong tài liệu API.",
        'The content type "{content_type}" is not accepted. The API\'s documentation says what is.',
    ),
    Problem(
        429.1,
        "Sai mật khẩu quá nhiều lần. Hãy thử lại sau {minutes} phút.",
        "Too many wrong passwords. Try again in {minutes} minutes.",
    ),
    Problem(
        429.2,
        "Đang có quá nhiều phiếu gửi cùng lúc. Câu trả lời vẫn còn; hãy gửi lại sau "
        "{seconds} giây.",
        "Too many forms are being sent at once. Nothing is lost; send again in {seconds} seconds.",
    ),
    # 5xx: ours
    Problem(
        500.1,
        "Máy chủ gặp lỗi. Dữ liệu trên điện thoại vẫn còn; hãy gửi lại sau.",
        "The server failed. What is on the phone stays there; send again later.",
    ),
    Problem(
        501.1,
        "Máy chủ chưa hỗ trợ “{feature}”. Hãy bỏ phần đó khỏi yêu cầu.",
        'The server does not support "{feature}" yet. Leave it out of the request.',
    ),
    Problem(
        503.1,
        "Máy chủ tạm thời chưa dùng được. Hãy thử lại sau ít phút.",
        "The server is not available for the moment. Try again in a few minutes.",
    ),
    Problem(
        503.2,
        "Việc này chưa xong. Hãy xem tiến độ trong trang biểu mẫu rồi thử lại.",
        "The work is not finished yet. See its progress on the page of forms, then try again.",
    ),
)
