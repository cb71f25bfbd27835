import { useQuery } from '@tanstack/react-query';
import { api, keys } from '../../api.js';

/** New messages on the first page: enough for a tally. */
export const useVoicemailCount = (): number => useQuery({
  queryKey: [...keys.voicemails, 'count'], queryFn: () => api.voicemails.list({ limit: 50 }), staleTime: 60_000,
  select: (page) => page.items.filter((message) => !message.heard).length,
}).data ?? 0;
