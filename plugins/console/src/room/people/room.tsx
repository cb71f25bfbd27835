export const PeopleRoom = () => null;
