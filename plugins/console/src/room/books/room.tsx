export const BooksRoom = () => null;
