export const PersonRoom = () => null;
