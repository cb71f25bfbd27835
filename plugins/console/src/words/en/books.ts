export const books = { title: 'Address books' };
