export { checkSearched, type SearchedInput, type SearchedResult } from "./check-searched.js";
export {
  fillSearches,
  roundedIn,
  textOfValue,
  type SearchDimension,
  type SearchPoint,
  type SearchSpace,
} from "./dimension.js";
