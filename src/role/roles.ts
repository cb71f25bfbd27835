/** What the roles of a process mean for its parts. */
import type { Config, Role } from '../config/config.js';

export const plays = ({ roles }: Pick<Config, 'roles'>, role: Role): boolean => roles.includes(role);

/** Without a telephone system to connect to, the process that would hold the connection runs the practice one. */
export const wantsPractice = (config: Pick<Config, 'roles' | 'pbxes'>): boolean => plays(config, 'gateway') && config.pbxes.length === 0;
