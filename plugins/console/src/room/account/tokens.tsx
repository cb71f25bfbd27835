export const TokensRoom = () => null;
