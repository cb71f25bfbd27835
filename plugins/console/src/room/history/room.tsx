export const HistoryRoom = () => null;
