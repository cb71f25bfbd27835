export const VoicemailRoom = () => null;
