# Own cases for quantiles, variances, contrasts, standardised rates: two waves of villages of which
# most are in both (seeded, synthetic), and what R's survey package gives for them.
#   Rscript tests/reference/own/distribution.R      (from the root of the clone; needs survey, jsonlite)
# Made with survey 4.1.1. A case is kept only where that function is the same in 4.5: no quantile
# meets a step exactly, and replicate designs have Woodruff's interval by its `mean` method alone.
suppressMessages({library(survey); library(jsonlite)})
set.seed(20261123)
here <- "tests/reference"

villages <- data.frame(stratum = rep(c("delta", "hills", "coast", "town"), each = 8), village = 1:32)
villages$level <- rnorm(32, 0, 0.5) + rep(c(0, -0.6, 0.2, 0.8), each = 8)
villages$weight <- round(runif(32, 15, 60), 3)
in_wave <- function(wave) villages[(seq_len(32) - 1) %% 8 %in% (if (wave == 1) 0:5 else 2:7), ]
people <- do.call(rbind, lapply(1:2, function(wave) {
  v <- in_wave(wave)
  d <- v[rep(seq_len(nrow(v)), each = 9), ]
  d$wave <- wave
  d
}))
k <- nrow(people)
people$age <- sample(c("18-34", "35-59", "60+"), k, TRUE, c(0.35, 0.4, 0.25))
people$sex <- sample(c("f", "m"), k, TRUE)
people$wait <- round(exp(3 + people$level / 3 + (people$age == "60+") * 0.4 - 0.15 * people$wave + rnorm(k, 0, 0.7)), 1)
people$online <- rbinom(k, 1, plogis(-0.5 + people$level - (people$age == "60+") + 0.4 * people$wave))
people$score <- pmin(5, pmax(1, round(3.2 + 0.4 * people$level + 0.2 * people$wave + rnorm(k))))
people$score[runif(k) < 0.06] <- NA
people <- people[, c("stratum", "village", "wave", "weight", "age", "sex", "wait", "online", "score")]
write.csv(people, file.path(here, "data/own_waves.csv"), row.names = FALSE, na = "")
d <- read.csv(file.path(here, "data/own_waves.csv"), stringsAsFactors = FALSE)
des <- svydesign(~village, strata = ~stratum, weights = ~weight, data = d)
boot <- as.svrepdesign(des, type = "subbootstrap", replicates = 60, compress = FALSE)
write.csv(as.data.frame(round(weights(boot, "analysis"), 8)), file.path(here, "data/own_waves_boot.csv"), row.names = FALSE)
rep <- svrepdesign(data = d, weights = ~weight, repweights = as.matrix(read.csv(file.path(here, "data/own_waves_boot.csv"))),
  type = "other", combined.weights = TRUE, scale = boot$scale, rscales = boot$rscales, mse = TRUE)
jkn <- as.svrepdesign(des, type = "JKn", compress = FALSE, mse = TRUE)

plain <- list(ids = I("village"), strata = I("stratum"), weights = "weight")
given <- list(weights = "weight", rep = list(file = "own_waves_boot", type = "other", scale = boot$scale,
  rscales = I(boot$rscales), combined_weights = TRUE, mse = TRUE))
with_steps <- function(...) c(plain, list(steps = list(...)))
keep <- function(name, design, estimator, args, call, expected, at = des) {
  found <- list(name = paste0("own_", name), dataset = "own_waves", design = design, estimator = estimator,
    args = args, expected = expected, tolerance = list(rel = 1e-8, abs = 1e-9), r_call = I(call), parity = "match",
    note = "own data; expected numbers by tests/reference/own/distribution.R")
  write(toJSON(found, auto_unbox = TRUE, digits = NA, pretty = 2, na = "string", null = "null"),
    file.path(here, "own", paste0("own_", name, ".json")))
}
rows <- function(m) lapply(seq_len(nrow(m)), function(i) I(unname(m[i, ])))

quantiles <- function(name, design, r, probs, rule, interval, call, df) {
  keep(name, design, "quantile", list(var = "wait", probs = I(probs), interval = interval, qrule = rule), call,
    list(probs = I(probs), quantile = I(unname(r[[1]][, 1])), ci_lower = I(unname(r[[1]][, 2])),
      ci_upper = I(unname(r[[1]][, 3])), se = I(unname(r[[1]][, 4])), df = df))
}
second <- subset(des, wave == 2)
two <- list(op = "subset", where = list(list(var = "wave", op = "==", value = 2)))
p <- c(0.2, 0.5, 0.75)
quantiles("quantile_domain_asin", with_steps(two), svyquantile(~wait, second, p, interval.type = "asin", qrule = "hf6"), p,
  "hf6", "asin", c("des <- subset(des, wave == 2)", "svyquantile(~wait, des, c(.2,.5,.75), interval.type='asin', qrule='hf6')"),
  degf(second))
quantiles("quantile_domain_score", with_steps(two), svyquantile(~wait, second, p, interval.type = "score", qrule = "math"), p,
  "math", "score", c("des <- subset(des, wave == 2)", "svyquantile(~wait, des, c(.2,.5,.75), interval.type='score')"), degf(second))
quantiles("quantile_of_replicates", given, svyquantile(~wait, rep, p, interval.type = "quantile", qrule = "hf7"), p, "hf7",
  "quantile", "svyquantile(~wait, rep, c(.2,.5,.75), interval.type='quantile', qrule='hf7')", degf(rep))
totals <- c(`18-34` = 9000, `35-59` = 10000, `60+` = 6500)
post <- postStratify(des, ~age, data.frame(age = names(totals), Freq = as.numeric(totals)))
strata_step <- list(op = "postStratify", by = I("age"), totals = list(age = I(names(totals)), Freq = I(unname(totals))))
quantiles("quantile_post_stratified", with_steps(strata_step), svyquantile(~wait, post, p, interval.type = "xlogit", qrule = "hf9"),
  p, "hf9", "xlogit", c("des <- postStratify(des, ~age, totals)", "svyquantile(~wait, des, c(.2,.5,.75), interval.type='xlogit', qrule='hf9')"),
  degf(post))

v <- svyvar(~wait + online, subset(jkn, sex == "f"))
keep("var_replicates_domain", with_steps(list(op = "as_replicate", type = "JKn", mse = TRUE),
    list(op = "subset", where = list(list(var = "sex", op = "==", value = "f")))), "var", list(vars = I(c("wait", "online"))),
  c("des <- subset(as.svrepdesign(des, type='JKn', mse=TRUE), sex == 'f')", "svyvar(~wait+online, des)"),
  list(terms = I(c("wait", "online")), covariance = rows(matrix(as.matrix(v), 2)), se = rows(matrix(sqrt(diag(vcov(v))), 2))))

contrasts <- function(name, design, of, contrast, at) {
  r <- eval(parse(text = sprintf("svycontrast(%s, %s)", of, contrast)), list(des = at))
  keep(name, design, "contrast", list(of = of, contrast = contrast), sprintf("svycontrast(%s, %s)", of, contrast),
    list(estimate = I(as.numeric(coef(r))), se = I(as.numeric(SE(r))), vcov = if (length(coef(r)) > 1) rows(as.matrix(vcov(r)))))
}
contrasts("contrast_relative_change", plain, "svyby(~wait, ~wave, des, svymean, covmat=TRUE)", "quote(log(`2`/`1`))", des)
contrasts("contrast_change_of_gap", plain, "svyby(~online, ~sex+wave, des, svymean, covmat=TRUE)",
  "list(change=c(f.1=-1/2, m.1=-1/2, f.2=1/2, m.2=1/2), of_gap=c(f.1=1, m.1=-1, f.2=-1, m.2=1))", des)
contrasts("contrast_calibrated", with_steps(strata_step), "svymean(~wait+online, des)",
  "list(a=c(1,-10), b=c(0,1))", post)
contrasts("contrast_of_replicates", given, "svytotal(~wait+online, des)", "list(r=quote(wait/online), s=quote(sqrt(online)))", rep)

standard <- c(3, 5, 2)
s <- svystandardize(des, ~age, ~wave, standard, excluding.missing = ~score)
m <- svymean(~score, s)
keep("standardize_excluding", plain, "standardize", list(vars = I("score"), by = I("age"), over = I("wave"),
    population = I(standard), excluding_missing = I("score")),
  "svymean(~score, svystandardize(des, ~age, ~wave, c(3,5,2), excluding.missing=~score))",
  list(terms = I("score"), estimate = I(as.numeric(coef(m))), se = I(as.numeric(SE(m))), df = degf(s)))
m <- svymean(~interaction(age, sex), second)
keep("prop_interaction_domain", with_steps(two), "interaction_prop", list(vars = I(c("age", "sex"))),
  c("des <- subset(des, wave == 2)", "svymean(~interaction(age, sex), des)"),
  list(terms = I(names(coef(m))), estimate = I(as.numeric(coef(m))), se = I(as.numeric(SE(m))), vcov = rows(as.matrix(vcov(m)))))
r <- svyciprop(~I(online == 1), rep, method = "logit", level = 0.9)
keep("ciprop_logit_of_replicates", given, "ciprop", list(event = "online==1", method = "logit", level = 0.9),
  "svyciprop(~I(online==1), rep, method='logit', level=0.9)", list(estimate = I(as.numeric(coef(r))),
    se = I(as.numeric(SE(r))), ci_lower = I(confint(r)[1]), ci_upper = I(confint(r)[2]), df = degf(rep)))
