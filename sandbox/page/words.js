// Every word of the page.
export const words = {
  title: 'Hộp thử nghiệm',
  youAre: 'Bạn đang là',
  chooseRole: 'Chọn vai',
  chooseRoleHint: 'Chọn một người để xem và nhắn tin như người đó.',
  searchPeople: 'Tìm theo tên, vai trò, nơi ở',
  morePeople: 'Còn nữa, hãy gõ thêm để tìm',
  nobodyFound: 'Không tìm thấy ai',
  noFolder: 'Chưa xếp nhóm',
  chats: 'Trò chuyện',
  wall: 'Tất cả các nhóm',
  searchChats: 'Tìm cuộc trò chuyện',
  noChats: 'Chưa có cuộc trò chuyện nào.',
  noChatsFound: 'Không có cuộc trò chuyện nào khớp.',
  openLink: 'Mở liên kết',
  openLinkHint: 'Dán liên kết của bot, OA hoặc nhóm, hoặc chọn bot để nhắn tin riêng.',
  linkLabel: 'Liên kết',
  linkPlaceholder: 'https://t.me/ten_bot?start=MA',
  linkGroup: 'Thêm bot vào nhóm',
  linkNeedsGroup: 'Liên kết này thêm bot vào nhóm, hãy chọn nhóm.',
  writeToBot: 'Nhắn tin với bot',
  open: 'Mở',
  cancel: 'Thôi',
  close: 'Đóng',
  back: 'Quay lại',
  create: 'Tạo mới',
  createHint: 'Thêm bot, người hoặc nhóm vào hộp thử nghiệm.',
  kindBot: 'Bot',
  kindPerson: 'Người',
  kindGroup: 'Nhóm',
  username: 'Tên tài khoản',
  token: 'Mã bí mật của bot (để trống sẽ tự tạo)',
  readsAll: 'Bot đọc được mọi tin trong nhóm',
  name: 'Họ và tên',
  botName: 'Tên hiển thị',
  role: 'Vai trò',
  folder: 'Nơi ở, ví dụ: Tuyên Quang / Sơn Dương',
  groupTitle: 'Tên nhóm',
  groupFounder: 'Bạn sẽ là người lập nhóm.',
  groupBots: 'Thêm các bot vào nhóm',
  made: 'Đã tạo xong',
  botMade: (token) => `Mã bí mật của bot: ${token}`,
  empty: 'Chưa có ai ở đây',
  emptyHint: 'Hãy thêm một bot và một người để bắt đầu.',
  pickChat: 'Chọn một cuộc trò chuyện',
  pickChatHint: 'Hoặc mở “Tất cả các nhóm” để xem tin đến từng nhóm.',
  write: 'Viết tin nhắn',
  send: 'Gửi',
  attach: 'Đính kèm tệp',
  sticker: 'Nhãn dán',
  emoji: ['👍', '❤️', '😀', '🙏', '🎉', '👏', '✅', '❓', '😢', '🔥'],
  start: 'Bắt đầu',
  startHint: 'Bấm “Bắt đầu” để trò chuyện với bot này.',
  reply: 'Trả lời',
  edit: 'Sửa',
  remove: 'Xoá',
  replyingTo: (name) => `Trả lời ${name}`,
  editing: 'Sửa tin nhắn',
  edited: 'đã sửa',
  deleteQuestion: 'Xoá tin nhắn này?',
  download: 'Tải về',
  photo: 'Ảnh',
  photoOf: (name) => `Ảnh của ${name}`,
  document: 'Tệp',
  stickerShort: 'Nhãn dán',
  bot: 'bot',
  messenger: 'Ứng dụng',
  messengers: { telegram: 'Telegram', zalo_bot: 'Zalo Bot', zalo_oa: 'Zalo OA' },
  groupsOf: { telegram: 'Nhóm Telegram', zalo_bot: 'Nhóm Zalo', zalo_oa: 'Nhóm GMF' },
  call: 'Nhắc tên',
  everybody: 'Tất cả',
  voice: 'Tin thoại',
  follow: 'Quan tâm OA',
  unfollow: 'Bỏ quan tâm',
  notFollowing: 'Bạn chưa quan tâm Official Account này.',
  dissolved: 'Nhóm này đã giải tán.',
  forwardedFrom: (name) => `Chuyển tiếp từ ${name}`,
  poll: 'Bình chọn',
  pollClosed: 'Bình chọn đã đóng',
  votes: (count) => `${count} phiếu`,
  newMessages: 'Tin mới',
  pinned: 'Tin được ghim',
  memberCount: (count) => `${number(count)} thành viên`,
  privateWithBot: 'trò chuyện riêng với bot',
  groupInfo: 'Thông tin nhóm',
  chatInfo: 'Thông tin',
  roles: { creator: 'trưởng nhóm', administrator: 'quản trị', member: '' },
  playThis: 'Vào vai',
  addBot: 'Thêm bot',
  addPerson: 'Thêm người',
  removeMember: 'Đưa ra khỏi nhóm',
  leave: 'Rời nhóm',
  makeAdmin: 'Cho làm quản trị',
  upgrade: 'Đổi thành nhóm lớn',
  upgradeHint: 'Telegram gọi là supergroup: nhóm có mã số mới.',
  upgradeQuestion: 'Đổi nhóm này thành nhóm lớn? Mã số của nhóm sẽ thay đổi.',
  removeQuestion: (name) => `Đưa ${name} ra khỏi nhóm?`,
  leaveQuestion: 'Rời khỏi nhóm này?',
  block: 'Chặn bot',
  unblock: 'Bỏ chặn',
  blocked: 'Bạn đã chặn bot này.',
  notMember: 'Bạn không ở trong nhóm này. Vào vai một thành viên để nhắn tin:',
  noMembers: 'Nhóm này không còn ai.',
  moved: 'Nhóm này đã chuyển thành nhóm lớn.',
  goThere: 'Đến nhóm mới',
  closedAccount: 'Tài khoản này đã bị xoá.',
  searchGroups: 'Tìm nhóm',
  allFolders: 'Tất cả',
  groupsShown: (count) => `${number(count)} nhóm`,
  received: (got, all) => `${number(got)} / ${number(all)} nhóm có tin mới từ bot`,
  countAgain: 'Đếm lại từ đầu',
  byTree: 'Theo nơi ở',
  byTime: 'Mới nhất trước',
  order: 'Sắp xếp',
  noMessages: 'Chưa có tin nào',
  loading: 'Đang tải…',
  offline: 'Mất kết nối, đang thử lại…',
  failed: 'Chưa làm được',
  ok: 'Được',
  today: 'Hôm nay',
  yesterday: 'Hôm qua',
  you: 'Bạn',
  skip: 'Đến khung trò chuyện',
  service: {
    created: (by) => `${by} đã lập nhóm`,
    joined: (by, who) => (by === who ? `${who} đã vào nhóm` : `${by} đã thêm ${who}`),
    left: (by, who) => (by === who ? `${who} đã rời nhóm` : `${by} đã đưa ${who} ra khỏi nhóm`),
    migrated_to: () => 'Nhóm đã chuyển thành nhóm lớn',
    migrated_from: () => 'Nhóm lớn bắt đầu từ đây',
    pinned: (by) => `${by} đã ghim một tin nhắn`,
  },
};

export function number(value) {
  return value.toLocaleString('vi-VN');
}

export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${number(Math.round(bytes / 1024))} KB`;
  return `${(bytes / 1024 / 1024).toLocaleString('vi-VN', { maximumFractionDigits: 1 })} MB`;
}

const clock = new Intl.DateTimeFormat('vi-VN', { hour: '2-digit', minute: '2-digit' });
const calendar = new Intl.DateTimeFormat('vi-VN', { day: 'numeric', month: 'numeric', year: 'numeric' });

export function time(seconds) {
  return clock.format(seconds * 1000);
}

export function day(seconds) {
  const shown = calendar.format(seconds * 1000);
  if (shown === calendar.format(Date.now())) return words.today;
  if (shown === calendar.format(Date.now() - 86400000)) return words.yesterday;
  return shown;
}

export function when(seconds) {
  const shown = day(seconds);
  return shown === words.today ? time(seconds) : shown;
}
