/** What one's codes mean: name, colour and a sentence, known in every room. */
import type { KnownCode } from '@ringbook/contracts/carrier';
import { useQuery } from '@tanstack/react-query';
import { api, keys } from '../api.js';

const ask = { queryKey: keys.codes, queryFn: api.codes.list, staleTime: 60_000 };
const NONE: KnownCode[] = [];

export const useCodes = (): KnownCode[] => useQuery(ask).data?.codes ?? NONE;
/** Only the one code: a badge is painted anew when its own meaning changes, not with every other. */
export const useCode = (code: string | null): KnownCode | undefined =>
  useQuery({ ...ask, select: ({ codes }) => codes.find((each) => each.code === code) }).data;
export { asKnown } from './known.js';
