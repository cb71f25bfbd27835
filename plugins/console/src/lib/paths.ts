/** Addresses of rooms. A call's id has dots, and an address that ends in `.12` looks like a file to a server. */
export const callPath = (id: string) => `/calls/${encodeURIComponent(id).replaceAll('.', '%2E')}`;
export const contactPath = (id: string) => `/contacts/${id}`;
export const bookPath = (id: string) => `/books/${id}`;
