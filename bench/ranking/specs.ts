/** Specs that the ranking benchmarks compile: a formula with windows and variety, and sets of 10 and 50 rules. */

/** A formula, two windows, and lists that are chosen for variety. */
export const smallSpec = `model bench
signals {
  ctr:  P(click)
  cvr:  P(buy | click)
  stay: number(seconds) >= 0
}
attributes {
  price:    number(yuan) >= 0
  brand:    text
  category: text
  shape:    vector(32)
}
params {
  alpha: 0.05 in [0, 1]
  beta:  1    in [0, 10]
  a:     0.5  in [0, 2]
}
fusion score = ctr * (alpha + cvr) * (beta + price) * safe_pow(stay, a)
rules windows {
  spread brands     at most 1 of brand in 5
  spread categories at most 3 of category in 10
}
rules mmr { mmr variety of shape lambda: 0.7 }
rules dpp { dpp variety of shape theta: 0.7 }
rank page   = top 100 by score with windows
rank plain  = top 100 by score
rank varied = top 50 by score with mmr
rank spread = top 50 by score with dpp
`;

/** Rules of all kinds over a shop's attributes, as large shops have them: most multiply, some limit, a few place. */
export const rulesSpec = `model bench
signals {
  ctr:  P(click)
  cvr:  P(buy | click)
  stay: number(seconds) >= 0
}
attributes {
  price:     number(yuan) >= 0
  stock:     number >= 0
  rating:    number? in [0, 5]
  quality:   number in [0, 1]
  vulgarity: number? in [0, 1]
  margin:    number in [0, 1]
  clicks:    number >= 0
  views:     number >= 0
  brand:     text
  category:  text
  seller:    text
  series:    text?
  campaign:  text?
  city:      text
  tags:      texts
  listed_at: time
  member:    bool
  offline:   bool
}
request { home_city: text, keep: number in [1, 5] }
params {
  alpha: 0.05 in [0, 1]
  beta:  1    in [0, 10]
  a:     0.5  in [0, 2]
  lift:  1.5  in [1, 3]
}
fusion score = ctr * (alpha + cvr) * (beta + price) * safe_pow(stay, a)
rules few {
  drop     offline    when offline
  boost    campaign   when campaign == "double11" by lift bounds: [0.2, 5]
  boost    members    when member by 1.2
  suppress vulgar     when vulgarity > 0.8 by last
  suppress dull       when quality < 0.1 by 0.5
  spread   brands     at most 1 of brand in 5
  spread   categories at most 3 of category in 10 soft: 1
  explore  newcomers  when age(listed_at) < 7d at least 5 in top 50
  pin      own        when brand == "b7" at 3
  dedupe   series     of series
}
rules many {
  drop     offline    when offline
  drop     sold_out   when stock == 0
  drop     poor       when rating < 0.5 and quality < 0.05 missing: keep
  drop     banned     when "banned" in tags
  boost    campaign   when campaign == "double11" by lift bounds: [0.2, 5]
  boost    clearance  when campaign == "clearance" by 1.3
  boost    seasonal   when campaign in ["spring", "summer", "winter"] by 1.1
  boost    members    when member by 1.2
  boost    near       when city == home_city by 1.15
  boost    cheap      when price < 10 by 1.1
  boost    dear       when price > 400 by 0.9
  boost    loved      when rating > 4.5 by 1.2
  boost    rich       when margin > 0.6 by 1 + 0.5 * margin
  boost    fresh      when age(listed_at) < 3d by 1.25
  boost    fashion    when category == "c1" or category == "c2" by 1.1
  boost    gadgets    when category == "c3" and price > 100 by 1.1
  boost    gifts      when "gift" in tags by 1.2
  boost    organic    when "organic" in tags by 1.05
  boost    proven     when views > 500 and clicks > 0.1 * views by 1.2
  boost    own_brand  when brand == "b7" by 1.3
  boost    new_year   when category == "c5" by 1.5 during 2026-12-25 .. 2027-01-05
  boost    november   when category == "c4" by 1.1 during 2026-11-01 .. 2026-12-01
  boost    regulars   when member and rating > 4 by 1.1
  suppress vulgar     when vulgarity > 0.8 by last
  suppress doubtful   when vulgarity > 0.5 by 0.5
  suppress dull       when quality < 0.1 by 0.5
  suppress scarce     when stock < 3 by 0.8
  suppress far        when city != home_city and price < 5 by 0.7
  suppress stale      when age(listed_at) > 300d by 0.8
  suppress unloved    when rating < 2 by 0.6 missing: keep
  suppress clickbait  when "clickbait" in tags by 0.3
  spread   brands     at most 1 of brand in 5
  spread   pairs      at most 2 of [brand, category] in 20
  spread   categories at most 3 of category in 10 soft: 3
  spread   sellers    at most 2 of seller in 8
  spread   campaigns  at most 4 of campaign in 10 soft: 2
  spread   dear_ones  at most 2 of category in 6 when price > 300 soft: 1
  spread   tags       at most 5 of tags in 10 soft: 0.5
  spread   cities     at most keep of city in 6 soft: 0.2
  explore  newcomers  when age(listed_at) < 7d at least 5 in top 50
  explore  untried    when views < 20 at least 3 in top 60 successes: clicks trials: views
  explore  presents   when "gift" in tags at least 2 in top 30 epsilon: 0.1
  pin      own        when brand == "b7" at 3
  pin      paid       when campaign == "double11" at 5
  pin      earner     when margin > 0.9 at 10
  dedupe   series     of series
  cap      of_sellers at most 1_000_000 of seller per day
  cap      of_brands  at most 5_000_000 of [brand, city] per day
  pace     launch     when brand == "b9" at least 50_000 of brand per day
  pace     ads        when campaign == "clearance" at most 100_000 of seller per day
}
rules crowd { explore crowd when member at least 10 in top 60 }
rank ten     = top 100 by score with few
rank fifty   = top 100 by score with many
rank crowded = top 100 by score with many, crowd
`;
