export { checkSearched, type SearchedInput, type SearchedResult } from "./check-searched.js";
export { fillSearches, textOfValue, type SearchDimension, type SearchPoint, type SearchSpace } from "./dimension.js";
