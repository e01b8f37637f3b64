// Words of ODK Web Forms, which has English ones only, and of this page. `vite.config.js` puts
// `khaosatWord("…")` where the library has a text of this table; a text that is not found any more
// (a new version) fails the build.
export const VIETNAMESE = {
  "Condition not satisfied: constraint": "Câu trả lời chưa hợp lệ. Xin sửa lại.",
  "Condition not satisfied: required": "Xin trả lời câu này.",
  "1 question with error.": "Có 1 câu cần xem lại.",
  "questions with errors.": "câu cần xem lại.",
  "Location unavailable. Enable GPS and browser permissions, then restart the form to try again.":
    "Không lấy được vị trí. Hãy bật định vị, cho phép trình duyệt dùng vị trí rồi mở lại phiếu.",
  "An error occurred while loading this form": "Không mở được phiếu này",
  "Change language": "Đổi ngôn ngữ",
  "Cancel": "Huỷ",
  "Save location": "Lưu vị trí",
  "Captured image preview": "Ảnh đã chụp",
  "Remove": "Bỏ",
  "Send": "Gửi",
  "Time taken to capture location: ": "Thời gian lấy vị trí: ",
  " Add ": " Thêm ",
  "Finding your location": "Đang lấy vị trí",
  "Get location": "Lấy vị trí",
  "Try again": "Thử lại",
  "Cannot access location": "Không lấy được vị trí",
  "Grant location permission in the browser settings and make sure location is turned on.":
    "Hãy cho phép trình duyệt dùng vị trí và bật định vị trên máy.",
  " Unable to load map ": " Không mở được bản đồ ",
  "Rank items": "Xếp thứ tự",
  " Okay ": " Đồng ý ",
  "Take picture": "Chụp ảnh",
  "Choose image": "Chọn ảnh",
  "Delete": "Xoá",
  "Full Screen": "Toàn màn hình",
  "Zoom to fit": "Xem tất cả",
  "Zoom to current location": "Đến vị trí hiện tại",
  "Undo last change": "Hoàn tác",
  "Graphics issue detected": "Máy không vẽ được bản đồ",
  "Your browser cannot display the map now. Enable graphics acceleration settings.":
    "Trình duyệt không hiển thị được bản đồ. Hãy bật tăng tốc đồ hoạ.",
  "No trace saved": "Chưa lưu đường",
  "No shape saved": "Chưa lưu vùng",
  "No point saved": "Chưa lưu điểm",
  "Point saved": "Đã lưu điểm",
  "Save": "Lưu",
  "No results found": "Không tìm thấy",
  "No available options": "Không có lựa chọn",
};

export const CALENDAR = {
  firstDayOfWeek: 1,
  dayNames: ["Chủ nhật", "Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy"],
  dayNamesShort: ["CN", "T2", "T3", "T4", "T5", "T6", "T7"],
  dayNamesMin: ["CN", "T2", "T3", "T4", "T5", "T6", "T7"],
  monthNames: Array.from({ length: 12 }, (_, month) => `Tháng ${month + 1}`),
  monthNamesShort: Array.from({ length: 12 }, (_, month) => `Th${month + 1}`),
  today: "Hôm nay",
  clear: "Xoá",
  cancel: "Huỷ",
  choose: "Chọn",
};
