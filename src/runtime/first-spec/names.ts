/** Names of the language for columns, each once. */
import { isName, reservedWords } from "../../compiler/text/index.js";

/** Gives names that nothing has yet. */
export interface Names {
  /** The column's own name where it is one of the language and free, else one made of it. */
  readonly forColumn: (column: string, fallback: string) => string;
  /** The wanted name, or that name with a number. */
  readonly fresh: (wanted: string) => string;
}

/** Words of Chinese logs; names of the language are of ASCII. */
const words: readonly (readonly [string, string])[] = [
  ["用户", "user"],
  ["会员", "member"],
  ["商品", "item"],
  ["物品", "item"],
  ["视频", "video"],
  ["店铺", "shop"],
  ["品牌", "brand"],
  ["类目", "category"],
  ["类别", "category"],
  ["城市", "city"],
  ["性别", "gender"],
  ["年龄", "age"],
  ["价格", "price"],
  ["标签", "tags"],
  ["展示", "shown"],
  ["曝光", "shown"],
  ["位置", "position"],
  ["时长", "duration"],
  ["时间", "time"],
  ["日期", "date"],
  ["点击", "click"],
  ["购买", "buy"],
  ["转化", "conversion"],
  ["下单", "order"],
  ["成交", "deal"],
  ["加购", "cart"],
  ["收藏", "favorite"],
  ["点赞", "like"],
  ["分享", "share"],
  ["关注", "follow"],
  ["评分", "rating"],
  ["编号", "id"],
  ["数量", "count"],
  ["列表", "list"],
  ["是否", "is"],
];

function inEnglish(column: string): string {
  return words.reduce((text, [word, name]) => text.replaceAll(word, ` ${name} `), column);
}

export function createNames(): Names {
  const taken = new Set<string>();
  const fresh = (wanted: string): string => {
    let name = wanted;
    for (let i = 2; taken.has(name) || reservedWords.has(name); i++) name = `${wanted}_${i}`;
    taken.add(name);
    return name;
  };
  return {
    fresh,
    forColumn: (column, fallback) => {
      if (isName(column)) return fresh(column);
      const made = inEnglish(column)
        .trim()
        .replace(/[^A-Za-z0-9_]+/g, "_")
        .replace(/^_+|_+$/g, "")
        .toLowerCase();
      return fresh(isName(made) ? made : /^\d\w*$/.test(made) ? `${fallback}_${made}` : fallback);
    },
  };
}
