# Own cases for small-area models: the data (seeded, synthetic) and the expected numbers, each from the
# published formula in base R with whole matrices, so that nothing is shared with the engine. Every case
# carries the sae or hbsae call that should give the same.
#   Rscript tests/reference/own/small_areas.R      (from the root of the clone; needs jsonlite)
library(jsonlite)
set.seed(20261122)
here <- "tests/reference"
num <- function(x) I(as.numeric(x))
write_case <- function(name, dataset, args, expected, rel, abs = 1e-9) {
  case <- list(name = name, dataset = dataset, design = list(), estimator = "rcode", args = args,
    expected = expected, tolerance = list(rel = rel, abs = abs), r_call = I(args$code),
    parity = "match", note = "own data; expected numbers by tests/reference/own/small_areas.R")
  writeLines(toJSON(case, auto_unbox = TRUE, digits = NA, na = "string", pretty = TRUE),
    file.path(here, "own", paste0(name, ".json")))
}
write_data <- function(frame, name) {
  write.csv(frame, file.path(here, "data", paste0(name, ".csv")), row.names = FALSE, na = "")
  read.csv(file.path(here, "data", paste0(name, ".csv")))
}

## Area level -----------------------------------------------------------------------------------
m <- 36
areas <- data.frame(area = 1:m, region = rep(c("east", "north", "west"), 12), x1 = round(rnorm(m), 3))
areas$v <- round(runif(m, 0.02, 0.2), 4)
areas$y <- round(2 + 0.5 * areas$x1 + 0.3 * (areas$region == "west") + rnorm(m, 0, 0.25) +
  rnorm(m, 0, sqrt(areas$v)), 4)
areas$flat <- round(1 + areas$x1 + rnorm(m, 0, 0.5 * sqrt(areas$v)), 4)
areas$gap <- ifelse(areas$area %% 6 == 0, NA, areas$y)
areas$n <- sample(15:60, m, TRUE)
areas$p <- round(rbinom(m, areas$n, plogis(-0.5 + 0.8 * areas$x1 + rnorm(m, 0, 0.5))) / areas$n, 6)
areas$size <- areas$n * 40
areas <- write_data(areas, "own_areas")

whole <- function(A, y, v, X) {
  V <- diag(A + v); Vi <- solve(V); Q <- solve(t(X) %*% Vi %*% X); b <- Q %*% t(X) %*% Vi %*% y
  list(V = V, Vi = Vi, Q = Q, b = b, P = Vi - Vi %*% X %*% Q %*% t(X) %*% Vi)
}
ml <- function(A, y, v, X) {
  w <- whole(A, y, v, X); r <- y - X %*% w$b
  as.numeric(-0.5 * (length(y) * log(2 * pi) + sum(log(A + v)) + t(r) %*% w$Vi %*% r))
}
reml <- function(A, y, v, X) ml(A, y, v, X) - 0.5 * as.numeric(determinant(t(X) %*%
  whole(A, y, v, X)$Vi %*% X)$modulus)
equation <- list(
  REML = function(A, y, v, X) { P <- whole(A, y, v, X)$P; as.numeric(t(y) %*% P %*% P %*% y) - sum(diag(P)) },
  ML = function(A, y, v, X) { w <- whole(A, y, v, X); as.numeric(t(y) %*% w$P %*% w$P %*% y) - sum(diag(w$Vi)) },
  FH = function(A, y, v, X) as.numeric(t(y) %*% whole(A, y, v, X)$P %*% y) - (nrow(X) - ncol(X)))
fitted_A <- function(y, v, X, method) if (equation[[method]](0, y, v, X) <= 0) 0 else
  uniroot(equation[[method]], c(0, 100), y = y, v = v, X = X, tol = 1e-16, maxiter = 1e4)$root
error <- function(A, v, X, method) {       # Datta, Rao and Smith 2005, by area
  k <- A + v; Q <- solve(t(X) %*% (X / k)); g <- A / k
  g1 <- A * v / k; g2 <- (1 - g)^2 * diag(X %*% Q %*% t(X))
  va <- if (method == "FH") 2 * length(v) / sum(1 / k)^2 else 2 / sum(1 / k^2)
  g3 <- v^2 / k^3 * va
  bias <- switch(method, REML = 0, ML = -sum(diag(Q %*% t(X) %*% (X / k^2))) / sum(1 / k^2),
    FH = 2 * (length(v) * sum(1 / k^2) - sum(1 / k)^2) / sum(1 / k)^3)
  list(g1 = g1, g2 = g2, g3 = g3, mse = g1 + g2 + 2 * g3 - bias * (1 - g)^2)
}
eblup <- function(y, v, X, A) { w <- whole(A, y, v, X); as.numeric(X %*% w$b + A / (A + v) * (y - X %*% w$b)) }
X <- model.matrix(~ x1 + factor(region), areas)
call_fh <- function(what, method) sprintf(paste0("{r <- mseFH(%s~x1+factor(region), v, method=\"%s\", ",
  "MAXITER=2000, PRECISION=1e-14, data=own_areas); r}"), what, method)
for (method in c("REML", "ML", "FH")) {
  A <- fitted_A(areas$y, areas$v, X, method); e <- error(A, areas$v, X, method)
  w <- whole(A, areas$y, areas$v, X); ll <- ml(A, areas$y, areas$v, X)
  write_case(paste0("own_fh_", method), "own_areas",
    list(model = "fay_herriot", y = "y", vardir = "v", X = c("x1", "factor(region)"), method = method,
      code = call_fh("y", method)),
    list(eblup = num(eblup(areas$y, areas$v, X, A)), beta = num(w$b), beta_se = num(sqrt(diag(w$Q))),
      sigma2_u = A, mse = num(e$mse), loglik = ll, aic = -2 * ll + 10, bic = -2 * ll + 5 * log(m)), 1e-7)
}
# areas without a sample: x'b with the error A + x' Q x
s <- !is.na(areas$gap); A <- fitted_A(areas$gap[s], areas$v[s], X[s, ], "REML")
w <- whole(A, areas$gap[s], areas$v[s], X[s, ]); e <- error(A, areas$v[s], X[s, ], "REML")
est <- as.numeric(X %*% w$b); est[s] <- eblup(areas$gap[s], areas$v[s], X[s, ], A)
mse <- A + diag(X %*% w$Q %*% t(X)); mse[s] <- e$mse
write_case("own_fh_out_of_sample", "own_areas",
  list(model = "fay_herriot, areas without a sample", y = "gap", vardir = "v", X = c("x1", "factor(region)"),
    method = "REML", code = "{mseFH(gap~x1+factor(region), v, data=own_areas)}"),  # sae refuses NA: fit on the rest, x'b by hand
  list(eblup = num(est), sigma2_u = A, mse = num(mse), gamma = num(ifelse(s, A / (A + areas$v), 0))), 1e-7)
# no variance left: R's estimate is 0, ours by the adjusted likelihood of Yoshimori and Lahiri 2014
X1 <- model.matrix(~ x1, areas)
w <- whole(0, areas$flat, areas$v, X1)
for (method in c("REML", "ML", "FH")) {
  stopifnot(fitted_A(areas$flat, areas$v, X1, method) == 0)
  write_case(paste0("own_fh_zero_", method), "own_areas",
    list(model = "fay_herriot", y = "flat", vardir = "v", X = "x1", method = method,
      code = sprintf("{mseFH(flat~x1, v, method=\"%s\", data=own_areas)}", method)),
    list(eblup = num(X1 %*% w$b), sigma2_u = 0, beta = num(w$b), gamma = num(rep(0, m)),
      mse = num(error(0, areas$v, X1, method)$mse)), 1e-7)
}
height <- function(l) reml(exp(l), areas$flat, areas$v, X1) + log(atan(sum(exp(l) / (exp(l) + areas$v)))) / m
A <- exp(optimize(height, c(-15, 2), maximum = TRUE, tol = 1e-12)$maximum)
e <- error(A, areas$v, X1, "REML")
write_case("own_fh_zero_adjusted", "own_areas",
  list(model = "fay_herriot with the adjusted likelihood", y = "flat", vardir = "v", X = "x1", method = "REML",
    code = "{mseFH(flat~x1, v, data=own_areas)}"),
  list(eblup = num(eblup(areas$flat, areas$v, X1, A)), sigma2_u = A, gamma = num(A / (A + areas$v)),
    mse = num(e$mse)), 1e-5)
# arcsine: E sin^2 z by integrate()
z <- asin(sqrt(areas$p)); v <- 1 / (4 * areas$n / 1.5)
A <- fitted_A(z, v, X1, "REML"); ez <- eblup(z, v, X1, A); e <- error(A, v, X1, "REML")
back <- function(t) sin(pmin(pmax(t, 0), pi / 2))^2
bc <- sapply(1:m, function(i) { s <- sqrt(e$g1[i])
  integrate(function(t) back(t) * dnorm(t, ez[i], s), ez[i] - 8 * s, ez[i] + 8 * s, rel.tol = 1e-12)$value })
half <- qnorm(0.975) * sqrt(e$mse)
write_case("own_fh_arcsine", "own_areas",
  list(model = "FH on arcsin(sqrt(p)), vardir = 1/(4 n_eff), p=p, n_eff=n/1.5", X = "x1",
    code = "{povmap::fh(p~x1, \"v\", own_areas, transformation=\"arcsin\", backtransformation=\"bc\", eff_smpsize=\"n_eff\")}"),
  list(eblup_z = num(ez), sigma2_u = A, mse_z = num(e$mse), naive = num(back(ez)), bias_corrected = num(bc),
    lower = num(back(ez - half)), upper = num(back(ez + half))), 1e-6)
# hierarchical: flat prior on A, integrate() area by area
posterior <- function(A) sapply(A, function(a) exp(reml(a, areas$y, areas$v, X) - top))
top <- optimize(function(a) reml(a, areas$y, areas$v, X), c(0, 10), maximum = TRUE)$objective
mean_of <- function(f) integrate(function(A) posterior(A) * sapply(A, f), 0, Inf, rel.tol = 1e-9, subdivisions = 500)$value
mass <- mean_of(function(a) 1)
est <- sapply(1:m, function(i) mean_of(function(a) eblup(areas$y, areas$v, X, a)[i]) / mass)
within <- sapply(1:m, function(i) mean_of(function(a) { e <- error(a, areas$v, X, "REML"); e$g1[i] + e$g2[i] }) / mass)
square <- sapply(1:m, function(i) mean_of(function(a) (eblup(areas$y, areas$v, X, a)[i] - est[i])^2) / mass)
write_case("own_hb_area", "own_areas",
  list(model = "area-level HB / REML via hbsae", method = "HB",
    code = "{X <- model.matrix(~x1+factor(region), own_areas); f <- hbsae::fSAE.Area(own_areas$y, own_areas$v, X=X, method=\"HB\"); f}"),
  list(est = num(est), mse = num(within + square), lambda = mean_of(identity) / mass), 1e-5)
# benchmarked after that: correlations of the predictor at E[A], variances of the posterior
A <- mean_of(identity) / mass; g <- A / (A + areas$v); w <- whole(A, areas$y, areas$v, X)
V <- diag(A * (1 - g)) + diag(1 - g) %*% X %*% w$Q %*% t(X) %*% diag(1 - g)
scale <- sqrt((within + square) / diag(V)); V <- t(V * scale) * scale
W <- areas$size; target <- sum(areas$size * areas$y); K <- V %*% W / sum(W * (V %*% W))
write_case("own_bench_hb", "own_areas",
  list(model = "area-level HB then benchmarked to the direct total",
    code = paste0("{d <- own_areas; X <- model.matrix(~x1+factor(region), d); f <- fSAE.Area(d$y, d$v, X=X, method=\"HB\", ",
      "Narea=d$size); b <- bench(f, rhs=sum(d$size*d$y), mseMethod=\"exact\"); b}")),
  list(unbenched = num(est), est = num(est + K * (target - sum(W * est))), mse = num(diag(V - K %*% t(W) %*% V)),
    total = target, target = target), 1e-5)
# two totals at once, the covariance taken as known
A <- fitted_A(areas$y, areas$v, X, "REML"); est <- eblup(areas$y, areas$v, X, A); w <- whole(A, areas$y, areas$v, X)
g <- A / (A + areas$v)
V <- diag(g * areas$v) + diag(1 - g) %*% X %*% w$Q %*% t(X) %*% diag(1 - g)
W <- areas$size * cbind(areas$region == "west", areas$region != "west"); target <- as.numeric(t(W) %*% areas$y)
K <- V %*% W %*% solve(t(W) %*% V %*% W)
write_case("own_bench_two_totals", "own_areas",
  list(model = "FH REML then benchmarked to two direct totals",
    code = paste0("{d <- own_areas; X <- model.matrix(~x1+factor(region), d); f <- fSAE.Area(d$y, d$v, X=X, method=\"REML\", ",
      "Narea=d$size); b <- bench(f, R=cbind(d$region==\"west\", d$region!=\"west\"), ",
      "rhs=c(sum((d$size*d$y)[d$region==\"west\"]), sum((d$size*d$y)[d$region!=\"west\"])), mseMethod=\"exact\"); b}")),
  list(unbenched = num(est), est = num(est + K %*% (target - t(W) %*% est)), mse = num(diag(V - K %*% t(W) %*% V)),
    total = num(target), target = num(target)), 1e-7)

## Spatial --------------------------------------------------------------------------------------
side <- 6; k <- side^2; row <- rep(1:side, side); col <- rep(1:side, each = side)
near <- 1 * (abs(outer(row, row, "-")) + abs(outer(col, col, "-")) == 1); near <- near / rowSums(near)
grid <- data.frame(area = 1:k, x = round(rnorm(k), 3), v = round(runif(k, 0.05, 0.4), 4))
grid$y <- round(as.numeric(3 + grid$x + solve(diag(k) - 0.7 * near, rnorm(k, 0, 0.8)) + rnorm(k, 0, sqrt(grid$v))), 4)
grid <- write_data(grid, "own_grid"); near <- as.matrix(write_data(round(as.data.frame(near), 12), "own_grid_near"))
near <- near / rowSums(near)
X <- cbind(1, grid$x); I <- diag(k)
parts <- function(A, rho) {
  C <- t(I - rho * near) %*% (I - rho * near); Ci <- solve(C); V <- A * Ci + diag(grid$v); Vi <- solve(V)
  Q <- solve(t(X) %*% Vi %*% X); list(Ci = Ci, V = V, Vi = Vi, Q = Q, b = Q %*% t(X) %*% Vi %*% grid$y)
}
likelihood <- function(A, rho, restricted) {
  o <- parts(A, rho); r <- grid$y - X %*% o$b
  l <- -0.5 * (k * log(2 * pi) + as.numeric(determinant(o$V)$modulus) + t(r) %*% o$Vi %*% r)
  as.numeric(l) + if (restricted) 0.5 * as.numeric(determinant(o$Q)$modulus) else 0
}
for (method in c("REML", "ML")) {
  inner <- function(rho) optimize(function(l) likelihood(exp(l), rho, method == "REML"), c(-8, 5), maximum = TRUE, tol = 1e-11)
  rho <- optimize(function(r) inner(r)$objective, c(-0.99, 0.99), maximum = TRUE, tol = 1e-11)$maximum
  A <- exp(inner(rho)$maximum); o <- parts(A, rho); G <- A * o$Ci
  d <- 2 * rho * t(near) %*% near - near - t(near)
  S <- list(o$Ci, -A * o$Ci %*% d %*% o$Ci)
  P <- o$Vi - o$Vi %*% X %*% o$Q %*% t(X) %*% o$Vi
  Iinv <- solve(outer(1:2, 1:2, Vectorize(function(i, j) 0.5 * sum(diag(P %*% S[[i]] %*% P %*% S[[j]])))))
  B <- G %*% o$Vi; g1 <- diag(G - B %*% G); g2 <- diag((X - B %*% X) %*% o$Q %*% t(X - B %*% X))
  D <- lapply(S, function(s) s %*% o$Vi - G %*% o$Vi %*% s %*% o$Vi)   # derivatives of B
  g3 <- sapply(1:k, function(i) { L <- rbind(D[[1]][i, ], D[[2]][i, ]); sum(diag(L %*% o$V %*% t(L) %*% Iinv)) })
  h <- 1e-4                                  # second derivatives of V, numerically
  V_at <- function(a, r) a * solve(t(I - r * near) %*% (I - r * near))
  V12 <- (V_at(A + h, rho + h) - V_at(A + h, rho - h) - V_at(A - h, rho + h) + V_at(A - h, rho - h)) / (4 * h^2)
  V22 <- (V_at(A, rho + h) - 2 * V_at(A, rho) + V_at(A, rho - h)) / h^2
  R <- diag(grid$v) %*% o$Vi
  g4 <- 0.5 * diag(R %*% (2 * Iinv[1, 2] * V12 + Iinv[2, 2] * V22) %*% t(R))
  mse <- g1 + g2 + 2 * g3 - g4
  if (method == "ML") {
    trace <- sapply(S, function(s) -sum(diag(o$Q %*% t(X) %*% o$Vi %*% s %*% o$Vi %*% X)))
    slope <- sapply(S, function(s) diag((I - B) %*% s %*% t(I - B)))
    mse <- mse - as.numeric(slope %*% (Iinv %*% trace / 2))
  }
  write_case(paste0("own_sfh_", method), c("own_grid", "own_grid_near"),
    list(model = "spatial_fay_herriot (SAR)", y = "y", vardir = "v", X = "x", proximity = "own_grid_near (row standardised)",
      method = method, code = sprintf("{mseSFH(y~x, v, own_grid_near, method=\"%s\", PRECISION=1e-12, MAXITER=1000, data=own_grid)}", method)),
    list(eblup = num(X %*% o$b + B %*% (grid$y - X %*% o$b)), beta = num(o$b), beta_se = num(sqrt(diag(o$Q))),
      sigma2_u = A, rho = rho, mse = num(mse), loglik = likelihood(A, rho, FALSE)), 2e-5, 1e-7)
}

## Unit level -----------------------------------------------------------------------------------
D <- 14; n <- c(sample(2:7, D - 2, TRUE), 1, 0); code <- rep(1:D, n)
units <- data.frame(area = code, x = round(runif(length(code), 0, 10), 2))
effect <- rnorm(D, 0, 1.5)
units$y <- round(5 + 1.2 * units$x + effect[code] + rnorm(length(code), 0, 2), 3)
units$w <- round(runif(length(code), 5, 30), 2)
units <- write_data(units, "own_units")
target <- data.frame(area = 1:D, x = round(runif(D, 4, 6), 2), N = sample(40:200, D, TRUE))
target <- write_data(target, "own_units_areas")
X <- cbind(1, units$x); Z <- outer(units$area, 1:D, "==") * 1; rows <- nrow(units)
unit_parts <- function(sv, se) {
  V <- se * diag(rows) + sv * Z %*% t(Z); Vi <- solve(V); Q <- solve(t(X) %*% Vi %*% X)
  list(V = V, Vi = Vi, Q = Q, b = Q %*% t(X) %*% Vi %*% units$y)
}
for (method in c("REML", "ML")) {
  profile <- function(l) {
    o <- unit_parts(exp(l), 1); r <- units$y - X %*% o$b; q <- as.numeric(t(r) %*% o$Vi %*% r)
    size <- rows - if (method == "REML") 2 else 0
    -0.5 * (size * log(q / size) + as.numeric(determinant(o$V)$modulus)) +
      if (method == "REML") 0.5 * as.numeric(determinant(o$Q)$modulus) else 0
  }
  ratio <- exp(optimize(profile, c(-10, 10), maximum = TRUE, tol = 1e-12)$maximum)
  o <- unit_parts(ratio, 1); r <- units$y - X %*% o$b
  se <- as.numeric(t(r) %*% o$Vi %*% r) / (rows - if (method == "REML") 2 else 0); sv <- ratio * se
  o <- unit_parts(sv, se); u <- sv * t(Z) %*% o$Vi %*% (units$y - X %*% o$b)
  S <- list(Z %*% t(Z), diag(rows))
  Iinv <- solve(outer(1:2, 1:2, Vectorize(function(i, j) 0.5 * sum(diag(o$Vi %*% S[[i]] %*% o$Vi %*% S[[j]])))))
  bias <- Iinv %*% sapply(S, function(s) -sum(diag(o$Q %*% t(X) %*% o$Vi %*% s %*% o$Vi %*% X))) / 2
  est <- mse <- numeric(D)
  for (d in 1:D) {
    N <- target$N[d]; nd <- n[d]; f <- nd / N; Xbar <- c(1, target$x[d])
    xs <- if (nd) colMeans(X[units$area == d, , drop = FALSE]) else c(0, 0)
    ys <- if (nd) mean(units$y[units$area == d]) else 0
    est[d] <- f * ys + sum((Xbar - f * xs) * o$b) + (1 - f) * u[d]
    g <- if (nd) sv / (sv + se / nd) else 0
    Xr <- (N * Xbar - nd * xs) / (N - nd); a <- Xr - g * xs
    g1 <- (1 - g) * sv; g2 <- as.numeric(t(a) %*% o$Q %*% a); g3 <- correction <- 0
    if (nd) {
      alpha <- sv + se / nd
      g3 <- (se^2 * Iinv[1, 1] + sv^2 * Iinv[2, 2] - 2 * se * sv * Iinv[1, 2]) / (nd^2 * alpha^3)
      if (method == "ML") correction <- sum(bias * c((1 - g)^2, g^2 / nd))
    }
    mse[d] <- (1 - f)^2 * (g1 + g2 + 2 * g3 - correction) + (N - nd) * se / N^2
  }
  write_case(paste0("own_bhf_", method), c("own_units", "own_units_areas"),
    list(model = "unit level BHF", y = "y", X = "x", domain = "area", method = method,
      code = sprintf(paste0("{eblupBHF(y~x, dom=area, meanxpop=own_units_areas[,c(\"area\",\"x\")], ",
        "popnsize=own_units_areas[,c(\"area\",\"N\")], method=\"%s\", data=own_units)}"), method)),
    list(domain = num(1:D), eblup = num(est), n = num(n), beta = num(o$b), sigma2_u = sv, sigma2_e = se, mse = num(mse)), 1e-5)
}

## Direct ---------------------------------------------------------------------------------------
forms <- list(own_direct_poisson = c(TRUE, FALSE), own_direct_simple = c(FALSE, FALSE),
  own_direct_replace = c(TRUE, TRUE), own_direct_simple_replace = c(FALSE, TRUE))
for (name in names(forms)) {
  weighted <- forms[[name]][1]; replaced <- forms[[name]][2]
  out <- t(sapply(1:D, function(d) {
    y <- units$y[units$area == d]; w <- units$w[units$area == d]; N <- target$N[d]; k <- length(y)
    if (k == 0) return(c(0, NA, NA))
    est <- if (weighted) sum(w * y) / N else mean(y)
    # sae divides the variance with weights and replacement by n, not by n (n - 1)
    va <- if (weighted && !replaced) sum(w * (w - 1) * y^2) / N^2 else if (weighted) sum((k / N * w * y - est)^2) / k
      else if (replaced) var(y) / k else (1 - k / N) * var(y) / k
    c(k, est, sqrt(va))
  }))
  out[out[, 1] == 1 & !(weighted & !replaced), 3] <- NA   # one respondent has no variance
  write_case(name, c("own_units", "own_units_areas"),
    list(model = "direct (Horvitz-Thompson mean, known domain size)", y = "y", domain = "area",
      code = sprintf("{direct(y=y, dom=area, %sdomsize=own_units_areas[,c(\"area\",\"N\")], data=own_units, replace=%s)}",
        if (weighted) "sweight=w, " else "", replaced)),
    list(domain = num(1:D), n = num(out[, 1]), direct = num(out[, 2]), sd = num(out[, 3]), cv = num(100 * out[, 3] / out[, 2])), 1e-8, 1e-10)
}
