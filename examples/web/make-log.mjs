// Writes log.csv: what visitors of an invented shop clicked and bought. Older visitors like tea and books, younger ones games; the
// evening sells games; who sees a low price buys.
import { writeFileSync } from "node:fs";

let state = 20261127;
const random = () => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
};
const pick = (list) => list[Math.floor(random() * list.length)];
const share = (logit) => 1 / (1 + Math.exp(-logit));

const categories = ["tea", "books", "games", "shoes"];
const brands = ["ash", "birch", "cedar", "elm", "fir"];
const taste = { tea: 0.05, books: 0.03, games: -0.06, shoes: 0 };
const lines = ["user,item,age,hour,category,brand,price,click,buy"];
for (let row = 0; row < 6000; row++) {
  const [age, hour] = [16 + Math.floor(random() * 60), Math.floor(random() * 24)];
  const [category, brand] = [pick(categories), pick(brands)];
  const price = Math.round(3 + random() ** 2 * 80);
  const evening = category === "games" && hour >= 18 ? 1 : 0;
  const click = random() < share(-0.8 + taste[category] * (age - 40) + evening + (brand === "elm" ? 0.6 : 0));
  const buy = click && random() < share(0.4 - 0.04 * price + (category === "tea" ? 0.8 : 0));
  lines.push(
    [`u${row % 500}`, `i${row % 97}`, age, hour, category, brand, price, Number(click), Number(buy)].join(","),
  );
}
writeFileSync(new URL("log.csv", import.meta.url), `${lines.join("\n")}\n`);
