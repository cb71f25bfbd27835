export const ContactsRoom = () => null;
