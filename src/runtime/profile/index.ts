export * from "./types.js";
export { profileData, type ProfileDataOptions, type ProfiledData } from "./profile-data.js";
