import { checkWritable } from "../../../runtime/outputs.js";
import { profileData, type ProfileDataOptions, type ProfiledData } from "../../../runtime/profile/index.js";

/** The profile of a spec's files; that it can be written is known before they are read (MTL8008, MTL8013). */
export async function runData(options: ProfileDataOptions): Promise<ProfiledData> {
  if (options.output !== undefined) await checkWritable(options.output);
  return profileData(options);
}
