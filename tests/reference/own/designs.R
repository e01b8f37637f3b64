# Own cases for unequal probabilities and replicates: the data (seeded, synthetic) and what R's survey
# package gives for them. The calls stand in each case as `r_call`.
#   Rscript tests/reference/own/designs.R      (from the root of the clone; needs survey and jsonlite)
# Made with survey 4.1.1. A case is kept only where that function is the same in 4.5.
suppressMessages({library(survey); library(jsonlite)})
set.seed(20261122)
here <- "tests/reference"
write_data <- function(frame, name) {
  write.csv(frame, file.path(here, "data", paste0(name, ".csv")), row.names = FALSE, na = "")
  read.csv(file.path(here, "data", paste0(name, ".csv")), stringsAsFactors = FALSE)
}

## Villages drawn with unequal probabilities in four strata, people drawn in them -----------------
n <- c(a = 7, b = 5, c = 8, d = 4)
villages <- data.frame(stratum = rep(names(n), n), village = 1:sum(n))
villages$size <- round(rgamma(nrow(villages), 4, 1 / 150)) + 60
villages$p <- round(pmin(0.85, 0.35 * villages$size / ave(villages$size, villages$stratum)), 6)
villages$online <- rbinom(nrow(villages), 40, plogis(-0.4 + villages$size / 900))
villages$asked <- 40
villages$queue <- rpois(nrow(villages), 6)
villages$paved <- ifelse(runif(nrow(villages)) < 0.5, "no", "yes")
numbered <- transform(villages, stratum = match(stratum, names(n)))  # R's overton and HR want numbers
own_villages <- write_data(numbered, "own_villages")
m <- 5
people <- villages[rep(seq_len(nrow(villages)), each = m), c("stratum", "village", "p", "size")]
people$person <- seq_len(nrow(people))
people$q <- round(m / people$size, 8)
people$sex <- ifelse(runif(nrow(people)) < 0.52, "f", "m")
people$score <- round(60 + 8 * rnorm(nrow(villages))[people$village] + rnorm(nrow(people), 0, 10), 2)
people$visits <- rpois(nrow(people), 2) + 1
people$ontime <- rbinom(nrow(people), people$visits, 0.7)
people$w <- round(1 / (people$p * people$q), 4)
people$n_villages <- as.numeric(c(a = 30, b = 18, c = 44, d = 15)[people$stratum])
people <- people[, c("person", "stratum", "village", "p", "q", "n_villages", "w", "sex", "score", "visits", "ontime")]
own_people <- write_data(people, "own_people")
# joint probabilities that belong to a design of fixed size: those of Hartley and Rao's formula
joint <- outer(own_villages$p, own_villages$p)
for (h in seq_along(n)) {
  i <- own_villages$stratum == h
  p <- own_villages$p[i]
  k <- (length(p) - 1) / (length(p) - outer(p, p, "+") / 2)
  joint[i, i] <- outer(p, p) * k
}
diag(joint) <- own_villages$p
own_joint <- as.matrix(write_data(as.data.frame(joint), "own_joint"))
stopifnot(isTRUE(all.equal(unname(diag(own_joint)), own_villages$p)))

## Two villages in each of nine strata ---------------------------------------------------------
pairs <- data.frame(stratum = rep(sprintf("s%d", 1:9), each = 8), village = rep(1:18, each = 4))
pairs$w <- round(runif(72, 10, 30)[pairs$village], 3)
pairs$grp <- sample(c("x", "y", "z"), 72, TRUE)
pairs$y <- round(20 + rnorm(18, 0, 3)[pairs$village] + rnorm(72, 0, 4), 3)
pairs$own <- rbinom(72, 1, 0.4)
own_pairs <- write_data(pairs, "own_pairs")
factors <- as.svrepdesign(svydesign(~village, strata = ~stratum, weights = ~w, data = own_pairs), type = "Fay",
  fay.rho = 0.3, compress = FALSE)
invisible(write_data(as.data.frame(round(unclass(factors$repweights), 10)), "own_pairs_factors"))
jkn <- as.svrepdesign(svydesign(~village, strata = ~stratum, weights = ~w, data = own_pairs), type = "JKn", compress = FALSE)
invisible(write_data(as.data.frame(unclass(weights(jkn, "analysis"))), "own_pairs_jkn"))
fay <- as.matrix(read.csv(file.path(here, "data/own_pairs_factors.csv")))
jknw <- as.matrix(read.csv(file.path(here, "data/own_pairs_jkn.csv")))

## Cases ----------------------------------------------------------------------------------------
expected_of <- function(made, des) {
  value <- coef(made); se <- as.vector(SE(made)); df <- degf(des)
  q <- qt(0.975, df)
  out <- list(estimate = I(unname(as.vector(value))), se = I(se), df = df,
    ci_t_lower = I(unname(as.vector(value)) - q * se), ci_t_upper = I(unname(as.vector(value)) + q * se))
  if (length(value) > 1) out$vcov <- unname(as.matrix(vcov(made)))
  out
}
by_of <- function(made, by, vars) {
  k <- length(vars); columns <- as.list(as.data.frame(made)[, -1, drop = FALSE])
  names(columns) <- c(vars, if (k == 1) "se" else paste0("se", seq_len(k)))
  groups <- list(); groups[[by]] <- I(as.character(made[[by]]))
  list(groups = groups, columns = lapply(columns, function(v) I(unname(as.vector(v)))))
}
write_case <- function(name, dataset, design, estimator, args, calls, rel = 1e-8, abs = 1e-9) {
  env <- new.env(parent = globalenv())
  for (call in calls) made <- withCallingHandlers(eval(parse(text = call), env), warning = function(w) invokeRestart("muffleWarning"))
  des <- env$des
  expected <- if (estimator == "by") by_of(made, args$by[[1]], unlist(args$vars)) else if (estimator == "weights") {
    w <- unname(made); list(n = length(w), sum = sum(w), sum_sq = sum(w^2), min = min(w), max = max(w), first = I(head(w, 12)))
  } else expected_of(made, des)
  case <- list(name = name, dataset = dataset, design = design, estimator = estimator, args = args, expected = expected,
    tolerance = list(rel = rel, abs = abs), r_call = I(calls), parity = "match",
    note = "own data; expected numbers by tests/reference/own/designs.R")
  writeLines(toJSON(case, auto_unbox = TRUE, digits = NA, na = "string", null = "null", pretty = TRUE),
    file.path(here, "own", paste0(name, ".json")))
}
where_yes <- list(list(op = "subset", where = list(list(var = "paved", op = "in", value = "yes"))))
totals <- list("(Intercept)" = 40000, sexm = 19000)

write_case("own_pps_brewer_two_stages", "own_people",
  list(ids = c("village", "person"), strata = I("stratum"), fpc = c("p", "q"), pps = "brewer"), "mean",
  list(vars = c("score", "visits")),
  c("des <- svydesign(~village+person, strata=~stratum, fpc=~p+q, pps=\"brewer\", data=own_people)", "svymean(~score+visits, des)"))
write_case("own_pps_brewer_by", "own_people",
  list(ids = c("village", "person"), strata = I("stratum"), fpc = c("p", "q"), pps = "brewer"), "by",
  list(vars = c("score", "visits"), by = I("sex"), stat = "svymean"),
  c("des <- svydesign(~village+person, strata=~stratum, fpc=~p+q, pps=\"brewer\", data=own_people)", "svyby(~score+visits, ~sex, des, svymean)"))
write_case("own_pps_brewer_calibrated", "own_people",
  list(ids = I("village"), strata = I("stratum"), fpc = I("p"), weights = "w", pps = "brewer",
    steps = list(list(op = "calibrate", model = "sex", totals = totals, calfun = "linear"))), "mean",
  list(vars = c("score", "visits")),
  c("des <- svydesign(~village, strata=~stratum, fpc=~p, weights=~w, pps=\"brewer\", data=own_people)",
    "des <- calibrate(des, ~sex, c(`(Intercept)`=40000, sexm=19000))", "svymean(~score+visits, des)"))
for (form in c("HT", "YG")) {
  write_case(paste0("own_pps_overton_strata_", form), "own_villages",
    list(ids = I("village"), strata = I("stratum"), fpc = I("p"), pps = "overton", pps_variance = form), "total",
    list(vars = c("online", "queue")),
    c(sprintf("des <- svydesign(~village, strata=~stratum, fpc=~p, pps=\"overton\", variance=\"%s\", data=own_villages)", form),
      "svytotal(~online+queue, des)"))
  write_case(paste0("own_pps_HR_domain_", form), "own_villages",
    list(ids = I("village"), strata = I("stratum"), fpc = I("p"), pps = "HR", pps_variance = form, steps = where_yes), "ratio",
    list(numerator = I("online"), denominator = I("asked")),
    c(sprintf("des <- svydesign(~village, strata=~stratum, fpc=~p, pps=HR(), variance=\"%s\", data=own_villages)", form),
      "des <- subset(des, paved %in% \"yes\")", "svyratio(~online, ~asked, des)"))
  write_case(paste0("own_pps_joint_domain_", form), "own_villages",
    list(ids = list(), fpc = I("p"), pps = "joint", joint_file = "own_joint", pps_variance = form, steps = where_yes), "mean",
    list(vars = c("online", "queue")),
    c(sprintf("des <- svydesign(~1, fpc=~p, pps=ppsmat(own_joint), variance=\"%s\", data=own_villages)", form),
      "des <- subset(des, paved %in% \"yes\")", "svymean(~online+queue, des)"))
}
srs <- list(ids = I("village"), strata = I("stratum"), weights = "w", fpc = I("n_villages"))
base <- "des <- svydesign(~village, strata=~stratum, weights=~w, fpc=~n_villages, data=own_people)"
jk <- function(mse) sprintf("des <- as.svrepdesign(des, type=\"JKn\", compress=FALSE, mse=%s)", mse)
sex <- list(by = I("sex"), totals = list(sex = c("f", "m"), Freq = c(21000, 19000)))
area <- list(by = I("stratum"), totals = list(stratum = names(n), Freq = c(12000, 8000, 14000, 6000)))
steps <- function(..., mse = FALSE) c(srs, list(steps = list(list(op = "as_replicate", type = "JKn", mse = mse), ...)))
write_case("own_rep_JKn_fpc_mse_by", "own_people", steps(mse = TRUE), "by", list(vars = I("score"), by = I("sex"), stat = "svymean"),
  c(base, jk("TRUE"), "svyby(~score, ~sex, des, svymean)"))
write_case("own_rep_JKn_calibrated_raking", "own_people",
  steps(list(op = "calibrate", model = "sex+stratum", totals = list("(Intercept)" = 40000, sexm = 19000, stratumb = 8000,
    stratumc = 14000, stratumd = 6000), calfun = "raking")), "mean", list(vars = c("score", "visits")),
  c(base, jk("FALSE"), "des <- calibrate(des, ~sex+stratum, c(`(Intercept)`=40000, sexm=19000, stratumb=8000, stratumc=14000, stratumd=6000), calfun=\"raking\", epsilon=1e-13, maxit=200, compress=FALSE)",
    "svymean(~score+visits, des)"), rel = 1e-7)
write_case("own_rep_JKn_calibrated_bounds", "own_people",
  steps(list(op = "calibrate", model = "sex+visits", totals = list("(Intercept)" = 40000, sexm = 19000, visits = 115000),
    calfun = "logit", bounds = c(0.1, 4)), mse = TRUE), "ratio", list(numerator = I("ontime"), denominator = I("visits")),
  c(base, jk("TRUE"), "des <- calibrate(des, ~sex+visits, c(`(Intercept)`=40000, sexm=19000, visits=115000), calfun=\"logit\", bounds=c(0.1, 4), epsilon=1e-13, maxit=200, compress=FALSE)",
    "svyratio(~ontime, ~visits, des)"), rel = 1e-7)
write_case("own_rep_JKn_raked", "own_people", steps(list(op = "rake", margins = list(sex, area), maxit = 500, epsilon = 1e-13)), "total",
  list(vars = I("visits")),
  c(base, jk("FALSE"), "des <- rake(des, list(~sex, ~stratum), list(data.frame(sex=c(\"f\",\"m\"), Freq=c(21000,19000)), data.frame(stratum=c(\"a\",\"b\",\"c\",\"d\"), Freq=c(12000,8000,14000,6000))), control=list(maxit=500, epsilon=1e-13))",
    "svytotal(~visits, des)"), rel = 1e-7)
write_case("own_rep_factors_Fay", "own_pairs",
  list(weights = "w", rep = list(file = "own_pairs_factors", type = "Fay", scale = NULL, rscales = NULL, combined_weights = FALSE,
    mse = TRUE, rho = 0.3), steps = list(list(op = "subset", where = list(list(var = "grp", op = "in", value = c("x", "y")))))), "mean",
  list(vars = c("y", "own")),
  c("des <- svrepdesign(data=own_pairs, weights=~w, repweights=fay, type=\"Fay\", rho=0.3, combined.weights=FALSE, mse=TRUE)",
    "des <- subset(des, grp %in% c(\"x\", \"y\"))", "svymean(~y+own, des)"))
write_case("own_rep_given_JKn", "own_pairs",
  list(weights = "w", rep = list(file = "own_pairs_jkn", type = "JKn", scale = 1, rscales = rep(0.5, 18), combined_weights = TRUE,
    mse = FALSE, rho = NULL), steps = list(list(op = "postStratify", by = I("grp"), totals = list(grp = c("x", "y", "z"), Freq = c(500, 450, 480))))), "mean",
  list(vars = c("y", "own")),
  c("des <- svrepdesign(data=own_pairs, weights=~w, repweights=jknw, type=\"JKn\", scale=1, rscales=rep(0.5, 18), combined.weights=TRUE, mse=FALSE)",
    "des <- postStratify(des, ~grp, data.frame(grp=c(\"x\",\"y\",\"z\"), Freq=c(500,450,480)))", "svymean(~y+own, des)"))
write_case("own_rep_successive_difference", "own_pairs",
  list(weights = "w", rep = list(file = "own_pairs_jkn", type = "successive-difference", scale = NULL, rscales = NULL, combined_weights = TRUE,
    mse = TRUE, rho = NULL)), "total", list(vars = I("y")),
  c("des <- svrepdesign(data=own_pairs, weights=~w, repweights=jknw, type=\"successive-difference\", combined.weights=TRUE, mse=TRUE)", "svytotal(~y, des)"))
write_case("own_trim_then_calibrate", "own_people",
  c(srs, list(steps = list(list(op = "trimWeights", lower = 100, upper = 900, strict = TRUE),
    list(op = "calibrate", model = "sex", totals = totals, calfun = "linear")))), "mean", list(vars = I("score")),
  c(base, "des <- trimWeights(des, lower=100, upper=900, strict=TRUE)", "des <- calibrate(des, ~sex, c(`(Intercept)`=40000, sexm=19000))",
    "svymean(~score, des)"))
write_case("own_post_stratified_then_calibrated", "own_people",
  c(srs, list(steps = list(list(op = "postStratify", by = I("stratum"), totals = area$totals),
    list(op = "calibrate", model = "sex+visits", totals = list("(Intercept)" = 40000, sexm = 19000, visits = 118000), calfun = "raking")))),
  "mean", list(vars = c("score", "ontime")),
  c(base, "des <- postStratify(des, ~stratum, data.frame(stratum=c(\"a\",\"b\",\"c\",\"d\"), Freq=c(12000,8000,14000,6000)))",
    "des <- calibrate(des, ~sex+visits, c(`(Intercept)`=40000, sexm=19000, visits=118000), calfun=\"raking\", epsilon=1e-13, maxit=200)",
    "svymean(~score+ontime, des)"), rel = 1e-7)
