export const RulesRoom = () => null;
