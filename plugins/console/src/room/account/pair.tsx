export const PairRoom = () => null;
