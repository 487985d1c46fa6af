export * from "./types.js";
export { profileData, type ProfileDataOptions, type ProfiledData } from "../jobs/profile-data.js";
